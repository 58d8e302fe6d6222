import SQLite
import Testing

@testable import CRMReplica

/// What the READMEs show and tell people to type, done.
@Suite struct ReadmeTests {
  /// The pages with commands and configurations.
  private static let pages = ["README.md", "systemd/README.md"]

  /// But for how long it takes. Lines that are left out stand as `...`.
  @Test func `the demo says what the README shows`() throws {
    let directory = try TemporaryDirectory()
    let launcher = Child.here(directory.path)
    let ending = try Child(["demo"], in: directory.path, launcher: launcher).wait()
    #expect(ending.code == 0, "\(ending.log)")
    var rest = Self.words(ending.output)[...]
    let shown = try Self.block(after: "and reports:", in: "README.md").split(separator: "...\n")
    #expect(shown.count == 4)
    for part in shown {
      let words = Self.words(String(part))
      guard let place = rest.firstRange(of: words) else {
        Issue.record("not said: \(part)")
        continue
      }
      rest = rest[place.upperBound...]
    }
  }

  /// The words of a text without the times in it.
  private static func words(_ text: String) -> [Substring] {
    text.replacing(/[0-9.]+ (ms|s|min)\./, with: "TIME.").split { $0 == " " || $0 == "\n" }
  }

  /// In the order of the page, on an account: `init` asks and `run` stays, which is for other
  /// tests.
  @Test func `every command of the README does its work`() throws {
    let stage = try Stage()
    let commands = try Package.text(of: "README.md").split(separator: "\n")
      .filter { $0.hasPrefix("    crm-replica ") }
      .map { $0.prefix { $0 != "#" }.split(separator: " ").dropFirst().map(String.init) }
      .filter { !["init", "run"].contains($0.first) }
    #expect(commands.count > 10)
    for command in commands {
      let words = try command.map {
        switch $0 {
        case "capsule.json": stage.config
        case "capsule.sqlite": stage.database
        case "4711": "\(try #require(try stage.value("SELECT min(id) FROM parties").integer))"
        default: $0
        }
      }
      let ending = try Child(words, in: stage.folder).wait()
      #expect(ending.code == 0, "\(command): \(ending.log)")
      #expect(!ending.output.isEmpty, "\(command)")
    }
  }

  @Test(arguments: pages)
  func `every configuration that is shown can be read`(page: String) throws {
    let text = try Package.text(of: page)
    let starts = text.ranges(of: "{ \"database\"").map(\.lowerBound)
    #expect(!starts.isEmpty)
    for start in starts {
      var depth = 0
      let end = text[start...].firstIndex {
        depth += $0 == "{" ? 1 : $0 == "}" ? -1 : 0
        return depth == 0
      }
      let shown = text[start...(try #require(end))]
      #expect(throws: Never.self, "\(shown)") {
        try ConfigurationReader.read(Array(shown.utf8), file: "c", names: testNames)
      }
    }
  }

  /// The indented lines behind a line that ends so, without their indent.
  private static func block(after ending: String, in page: String) throws -> String {
    let lines = try Package.text(of: page).split(separator: "\n", omittingEmptySubsequences: false)
    let heading = try #require(lines.firstIndex { $0.hasSuffix(ending) })
    return lines[(heading + 2)...].prefix { $0.isEmpty || $0.hasPrefix("    ") }
      .map { "\($0.dropFirst(4))\n" }.joined()
  }
}
