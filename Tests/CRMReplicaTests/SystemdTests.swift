import Glibc
import Testing

@testable import CRMReplica

/// The unit files, as systemd itself reads them. systemd-analyze(1) of Debian 12 needs no manager
/// and no privilege for this.
@Suite struct SystemdTests {
  private static let folder =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/systemd"
  private static let services = ["crm-replica@.service", "crm-replica-sync@.service"]
  /// Where `systemd/install` puts the program.
  private static let installed = "/usr/local/bin/crm-replica"

  @Test func `systemd finds nothing to complain of`() throws {
    // The program is not installed here: copies of the units name the one that was built.
    let directory = try TemporaryDirectory()
    let units = try (Self.services + ["crm-replica-sync@.timer"]).map { name in
      let text = try Self.text(name)
      let isService = name.hasSuffix(".service")
      #expect(text.contains("\nExecStart=\(Self.installed) ") == isService, "\(name)")
      return try directory.file(
        name, Array(text.replacing(Self.installed, with: Child.program).utf8))
    }
    let ending = try analyze(["verify"] + units, in: directory)
    #expect(ending.code == 0)
    #expect(ending.output + ending.log == "")
  }

  /// By hand, and as for a package of Debian.
  @Test(arguments: ["/usr/local", "/usr"])
  func `what is installed is said and taken away again`(prefix: String) throws {
    let directory = try TemporaryDirectory()
    let root = "\(directory.path)/root"
    let install = #"DESTDIR=\#(root) PREFIX=\#(prefix) "\#(Self.folder)/install" "#
    let said = try lines(of: install + #""$0""#, in: directory)
    #expect(said.count == 15)
    let files = #"find \#(root) -type f -printf '/%P\n'"#
    #expect(try lines(of: files, in: directory) == said)
    // Every path in a file is of the folder that the files are in; the README tells of both.
    // A program of one's own is where the operator puts it.
    let named =
      "grep -rIhE --exclude=README.md '/usr' \(root)\(prefix) | sed 's|[^ ]*/notify||g' "
      + "| grep -oE '/usr(/local)?/(bin|share)/'"
    let paths = try lines(of: named, in: directory)
    #expect(Set(paths) == ["\(prefix)/bin/", "\(prefix)/share/"])
    #expect(try lines(of: install + "--remove", in: directory) == said)
    #expect(try lines(of: files, in: directory) == [])
  }

  /// The lines that a script of bash prints, in order, with the program for its `$0`.
  private func lines(of script: String, in directory: TemporaryDirectory) throws -> [String] {
    let ending = try Child([], in: directory.path, launcher: ["/bin/bash", "-c", script]).wait()
    #expect(ending.code == 0 && ending.log == "", "\(ending.log)")
    return ending.output.split(separator: "\n").map(String.init).sorted()
  }

  /// A secret that was pasted into a file with the usual mode is for root alone after the next
  /// start.
  @Test func `no secret stays readable`() throws {
    let modes = try Self.text("crm-replica.tmpfiles")
    let secrets = SourceKind.allCases.map(\.secretNames.credential) + ["client_secret"]
    for secret in secrets {
      #expect(modes.contains("\nz /etc/crm-replica/*.\(secret) 0600 root root\n"))
    }
  }

  @Test(arguments: services)
  func `the exposure is one and a half at most`(service: String) throws {
    let directory = try TemporaryDirectory()
    let ending = try analyze(
      ["security", "--offline=true", "--threshold=15", "\(Self.folder)/\(service)"], in: directory)
    #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    #expect(ending.output.contains("Overall exposure level"), "\(ending.log)")
  }

  /// What one service may not do, the other may not do either.
  @Test func `both services are kept in the same sandbox`() throws {
    let heading = "\n# Who it is."
    let sandboxes = try Self.services.map { name in
      let text = try Self.text(name)
      let start = try #require(text.firstRange(of: heading)).lowerBound
      return text[start...].split(separator: "\n").prefix { $0 != "[Install]" }
    }
    #expect(sandboxes[0] == sandboxes[1])
    #expect(sandboxes[0].count > 30)
  }

  /// Each line of `ExecReload=` has to succeed for the next, and for the reload
  /// (systemd.service(5)).
  @Test func `a reload tests the configuration before the daemon reads it`() throws {
    let unit = try Self.text("crm-replica@.service")
    let lines = unit.split(separator: "\n").filter { $0.hasPrefix("ExecReload=") }
    let start = try #require(unit.firstMatch(of: /ExecStart=.* run (--config .*)/)).1
    #expect(
      lines == [
        "ExecReload=\(Self.installed) check --offline \(start)",
        "ExecReload=/bin/kill -HUP $MAINPID",
      ])
  }

  /// Somebody who adds a code has to say in the unit what it means for the service.
  @Test func `the daemon is started again or not by every exit code`() throws {
    let unit = try Self.text("crm-replica@.service")
    let again = try Self.codes(of: "RestartForceExitStatus", in: unit)
    let never = try Self.codes(of: "RestartPreventExitStatus", in: unit)
    #expect(unit.contains("\nRestart=on-failure\n"))
    #expect(again.codes.isDisjoint(with: never.codes))
    #expect(never.names == ["CREDENTIALS"])
    // A daemon that is told to end calls that success.
    let known = ExitCode.allCases.filter { ![.success, .interrupted, .terminated].contains($0) }
    #expect(again.codes.union(never.codes) == Set(known.map(\.rawValue)))
    for code in known {
      #expect(never.codes.contains(code.rawValue) == Self.needsSomebody(code), "\(code)")
    }
  }

  @Test func `the timer's round is tried again or not by every exit code`() throws {
    let unit = try Self.text("crm-replica-sync@.service")
    let never = try Self.codes(of: "RestartPreventExitStatus", in: unit)
    #expect(unit.contains("\nRestart=on-failure\n"))
    #expect(never.names == ["CREDENTIALS"])
    let fine = try Self.codes(of: "SuccessExitStatus", in: unit)
    #expect(fine.codes == [130, 143] && fine.names.isEmpty)
    for code in ExitCode.allCases where code != .success && !fine.codes.contains(code.rawValue) {
      // A second look within minutes would release what the guard holds; a defect repeats itself.
      let waits = code == .incomplete || code == .defect
      #expect(
        never.codes.contains(code.rawValue) == (waits || Self.needsSomebody(code)), "\(code)")
      // The comments name every code with what it stands for.
      #expect(unit.contains("(\(code.rawValue))"), "\(code)")
    }
    #expect(never.codes.isSubset(of: ExitCode.allCases.map(\.rawValue)))
  }

  /// Whether a restart cannot help. A switch, so that a new code is decided upon.
  private static func needsSomebody(_ code: ExitCode) -> Bool {
    switch code {
    case .usage, .refused, .configuration: true
    case .interrupted, .terminated, .success, .incomplete, .unavailable, .defect, .database,
      .output, .tryLater:
      false
    }
  }

  /// The exit codes of a setting, and the names among them.
  private struct Statuses {
    var codes: Set<Int32> = []
    var names: [Substring] = []
  }

  private static func codes(of setting: String, in unit: String) throws -> Statuses {
    let lines = unit.split(separator: "\n").filter { $0.hasPrefix("\(setting)=") }
    try #require(lines.count == 1, "\(setting)")
    return lines[0].dropFirst(setting.count + 1).split(separator: " ").reduce(into: Statuses()) {
      if let code = Int32($1) { $0.codes.insert(code) } else { $0.names.append($1) }
    }
  }

  private static func text(_ name: String) throws -> String {
    String(decoding: try bytes(of: "\(folder)/\(name)"), as: UTF8.self)
  }

  private func analyze(_ arguments: [String], in directory: TemporaryDirectory) throws -> Ending {
    // The shell takes the name of our program for its own, and leaves it at that.
    let launcher = ["/bin/sh", "-c", #"exec systemd-analyze "$@""#]
    return try Child(arguments, in: directory.path, launcher: launcher).wait()
  }
}
