import FoundationEssentials
import Testing

/// What no compiler holds: the direction of folders, who may read a clock, who may name a source,
/// and how long a line may be.
@Suite struct TidyTests {
  // MARK: Rooms

  /// The rooms of a target, from the lowest to the highest.
  private static let rooms: [(target: String, order: [String])] = [
    (
      "Sources/CRMReplica",
      [
        "Base", "Sources", "JSON", "Output", "Configuration", "Credentials", "Replica",
        "Schedule", "Status", "Reports", "Plan", "Copies", "Alerts", "Daemon", "Syntax", "Help",
        "Commands",
        "main.swift",
      ]
    ),
    ("Sources/ReplicaFile", ["JSON", "Decoder", "Bookkeeping", "Schema", "Store", "Reports"]),
    (
      "Sources/Replication",
      ["Clock.swift", "Policy", "Pass", "Round", "Planning", "Verification"]
    ),
  ]

  @Test(arguments: rooms)
  func `no room looks up`(target: String, order: [String]) throws {
    let complaints = Rooms(try Package.files(in: target), order: order).complaints
    #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
  }

  @Test(
    arguments: [
      ("func below() { above() }", "low/a.swift mentions above of high, which stands above"),
      ("let text = \"\\(3) and \\(above(\")\"))\"", "mentions above"),
      ("let text = #\"\\#(above())\"#", "mentions above"),
      ("let text = \"\"\"\n  \\(above())\n  \"\"\"", "mentions above"),
      ("extension Low { func f() { tellAbove() } }", "mentions tellAbove"),
      ("let high: High? = nil", "mentions High"),
      ("// above\n/* above /* High */ above */", nil),
      ("let text = \"above \\\" High \\\\\"", nil),
      ("let text = #\"above \" \\(High)\"#", nil),
      ("let mark = #\"\"\"#\nlet high: High? = nil", "mentions High"),
      ("func f() { struct High {} }\nlet high: High? = nil", nil),
      ("let one = 1", nil),
    ] as [(String, String?)])
  func `a name from above is found in code alone`(code: String, complaint: String?) {
    let files = [
      "low/a.swift": code, "low/b.swift": "struct Low {}",
      "high/c.swift": """
      func above() {}
      private struct Hidden {}
      final class High {}

      extension Low {
        func tellAbove() {}
        func one() {}
      }
      """,
    ]
    let complaints = Rooms(files, order: ["low", "high"]).complaints
    if let complaint {
      #expect(complaints.count == 1 && complaints[0].contains(complaint))
    } else {
      #expect(complaints.isEmpty)
    }
  }

  @Test func `every file has a room and every room a file`() {
    let files = ["low/a.swift": "", "other/b.swift": "", "lower.swift": ""]
    #expect(
      Rooms(files, order: ["low", "high", "lower.swift"]).complaints
        == ["high is empty", "other/b.swift stands in no room"])
  }

  // MARK: Clocks

  /// Files and folders that read a clock of the system's themselves, each with its reason.
  private static let clockReaders = [
    "Sources/Replication/Clock.swift": "it is the clock",
    "Sources/Simulation": "its server may go by the host's clock",
    "Sources/Benchmarks": "they measure how long this host takes",
    "Sources/HTTP/SingleExchange.swift":
      "the grace of one transfer; this target knows no clock of the engine",
    "Sources/CRMReplica/Credentials/OAuthStore.swift":
      "a wait for another process, which no simulated clock could end",
    "Sources/CRMReplica/Credentials/AnswerListener.swift":
      "a wait for a browser, which no simulated clock could end",
  ]

  @Test func `nobody reads a clock but by the engine's clock`() throws {
    let readers = try Package.files(in: "Sources").filter { ClockReads.stand(in: $0.value) }
      .keys.map { "Sources/\($0)" }
    let excepted = { (path: String) in
      Self.clockReaders.keys.first { path == $0 || path.hasPrefix($0 + "/") }
    }
    #expect(readers.filter { excepted($0) == nil }.sorted() == [])
    // An exception that is none any more does not stay.
    #expect(Set(readers.compactMap(excepted)) == Set(Self.clockReaders.keys))
  }

  @Test(
    arguments: [
      ("clock_gettime(CLOCK_REALTIME, &time)", true), ("gettimeofday(&now, nil)", true),
      ("let clock = ContinuousClock()", true), ("let clock: SuspendingClock", true),
      ("let now = Date()", true), ("let now = Date.now", true), ("time(nil)", true),
      ("Int64(time(&now))", true), ("// Date() and time(nil)", false), ("\"Date()\"", false),
      ("Date(timeIntervalSince1970: 0)", false), ("spending.time(for: 3)", false),
      ("clock.now()", false), ("func time(_ text: String)", false),
    ])
  func `a read of a clock is found in code alone`(code: String, isRead: Bool) {
    #expect(ClockReads.stand(in: code) == isRead)
  }

  // MARK: Lines

  @Test func `no line is longer than a hundred columns`() throws {
    var long: [String] = []
    for folder in ["Sources", "Tests"] {
      for (path, text) in try Package.files(in: folder) {
        long += Self.long(text).map { "\(folder)/\(path):\($0)" }
      }
    }
    long += Self.long(try Package.text(of: "Package.swift")).map { "Package.swift:\($0)" }
    #expect(long.isEmpty, "\(long.sorted().joined(separator: "\n"))")
  }

  @Test func `a column is a character`() {
    let line = String(repeating: "é", count: 100)
    #expect(Self.long("\(line)\n\(line)x\n\n\(line)") == [2])
  }

  /// The numbers of the lines that are too long.
  private static func long(_ text: String) -> [Int] {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.indices.filter { lines[$0].count > 100 && Substring(lines[$0]).count > 100 }
      .map { $0 + 1 }
  }

  // MARK: Output

  @Test func `one file writes standard output`() throws {
    let names: Set = ["STDOUT_FILENO", "stdout", "puts", "fputs", "putchar"]
    let writers = try Package.files(in: "Sources/CRMReplica").filter { _, text in
      let code = SwiftCode(text).text
      return code.contains("StandardStream.output.rawValue")
        || !names.isDisjoint(with: SwiftCode.words(code))
    }
    #expect(writers.keys.sorted() == ["Output/StandardOutput.swift"])
  }

  // MARK: Sources

  @Test func `one folder names the source`() throws {
    let naming = try Package.files(in: "Sources/CRMReplica").filter { _, text in
      let words = SwiftCode.words(SwiftCode(text).text)
      return words.contains {
        ["Capsule", "CapsuleSource", "Vtiger", "VtigerSource", "VtigerCatalogue"].contains($0)
      }
    }
    #expect(naming.keys.allSatisfy { $0.hasPrefix("Sources/") } && !naming.isEmpty)
  }
}

/// Where code asks the system for the time.
private enum ClockReads {
  private static let names: Set<String> = [
    "clock_gettime", "gettimeofday", "ContinuousClock", "SuspendingClock",
  ]
  private static let calls = ["Date()", "Date.now", "time(nil)", "time(&"]

  static func stand(in text: String) -> Bool {
    let code = SwiftCode(text).text
    return calls.contains { code.contains($0) } || !names.isDisjoint(with: SwiftCode.words(code))
  }
}

/// The package that these tests are part of.
enum Package {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  /// The files below a folder, Swift's unless others are asked for: their texts by their paths.
  static func files(in folder: String, ending: String = ".swift") throws -> [String: String] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
    return try paths.filter { $0.hasSuffix(ending) }.reduce(into: [:]) { files, path in
      files[path] = try text(of: "\(folder)/\(path)")
    }
  }

  static func text(of path: String) throws -> String {
    let bytes = try #require(FileManager.default.contents(atPath: "\(root)/\(path)"))
    return String(decoding: bytes, as: UTF8.self)
  }
}
