import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import Testing

@testable import CRMReplica

@Suite struct MetricsTests {
  @Test func `a metric has its help its type and its samples`() {
    var metrics = Metrics()
    metrics.add(
      "crm_x", "A line\nand a \\ and a \".",
      [
        .init(labels: ["database": "a\"b\\c\nd.sqlite", "state": "living"], value: 3),
        .init(labels: ["database": "é"], value: 0.25),
      ])
    metrics.add("crm_nothing", "Without samples.", [])
    #expect(
      metrics.text == #"""
        # HELP crm_x A line\nand a \\ and a ".
        # TYPE crm_x gauge
        crm_x{database="a\"b\\c\nd.sqlite",state="living"} 3
        crm_x{database="é"} 0.25

        """#)
  }

  @Test(
    arguments: [
      (0, "0"), (-1, "-1"), (1_770_000_000, "1770000000"), (0.5, "0.5"), (1e15, "1000000000000000"),
    ] as [(Double, String)])
  func `numbers are spelt plainly`(value: Double, spelling: String) {
    var metrics = Metrics()
    metrics.add("x", "h", [.init(labels: ["l": "v"], value: value)])
    #expect(metrics.text.hasSuffix("x{l=\"v\"} \(spelling)\n"))
  }

  // MARK: The file

  private func permissions(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  @Test func `the file is replaced whole`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/m.prom"
    try MetricsFile.write("first\n", to: path)
    #expect(permissions(path) == S_IFREG | 0o644)
    // Whoever has the old one open reads it to its end; the new one is another file.
    let old = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(old) }
    try MetricsFile.write("second\n", to: path)
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(old, &buffer, 64)
    #expect(String(decoding: buffer[..<count], as: UTF8.self) == "first\n")
    #expect(String(decoding: try bytes(of: path), as: UTF8.self) == "second\n")
    #expect(permissions(path + ".new") == nil)
  }

  @Test func `what a crash has left is written over`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/m.prom"
    _ = try directory.file("m.prom.new", Array("half a li".utf8), permissions: 0o600)
    try MetricsFile.write("whole\n", to: path)
    #expect(String(decoding: try bytes(of: path), as: UTF8.self) == "whole\n")
    #expect(permissions(path) == S_IFREG | 0o644)
  }

  @Test func `what cannot be written changes nothing and is said`() throws {
    let directory = try TemporaryDirectory()
    let missing = directory.path + "/nowhere/m.prom"
    let error = #expect(throws: MetricsFileError.self) {
      try MetricsFile.write("x", to: missing)
    }
    #expect(error?.text == "open \(missing).new: No such file or directory")
    let folder = directory.path + "/folder"
    mkdir(folder, 0o755)
    let other = #expect(throws: MetricsFileError.self) { try MetricsFile.write("x", to: folder) }
    #expect(other?.text == "rename \(folder): Is a directory")
    #expect(permissions(folder + ".new") == nil)
    // A link that somebody has put there is not followed.
    let target = try directory.file("target", Array("precious".utf8))
    symlink(target, directory.path + "/l.prom.new")
    #expect(throws: MetricsFileError.self) {
      try MetricsFile.write("x", to: directory.path + "/l.prom")
    }
    #expect(String(decoding: try bytes(of: target), as: UTF8.self) == "precious")
  }
}

/// The metrics of the built program.
@Suite struct MetricsOfRoundsTests {
  private func stage() throws -> (Stage, String) {
    let stage = try Stage()
    let path = stage.folder + "/crm.prom"
    try stage.configure(["metrics_file": "\"\(path)\""])
    return (stage, path)
  }

  private func samples(_ path: String) throws -> [String: Double] {
    let text = String(decoding: try bytes(of: path), as: UTF8.self)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.reduce(into: [:]) {
      let parts = $1.split(separator: " ")
      $0[String(parts[0])] = Double(parts[1])
    }
  }

  @Test func `a sync writes them`() throws {
    let (stage, path) = try stage()
    let before = Double(time(nil))
    try #require(try stage.run("sync").code == 0)
    let samples = try samples(path)
    let own = #"database="replica.sqlite""#
    func value(_ name: String, _ labels: String = "") -> Double? {
      samples["crm_replica_\(name){\(own)\(labels)}"]
    }
    #expect(value("table_rows", #",table="parties",state="living""#) == 5)
    #expect(value("table_rows", #",table="parties",state="tombstone""#) == 0)
    #expect(value("table_held_rows", #",table="tasks""#) == 0)
    #expect(value("table_quarantined_records", #",table="tasks""#) == 0)
    #expect(value("table_interval_seconds", #",table="tasks""#) == 86_400)
    #expect(value("table_outcome", #",table="tasks",outcome="good""#) == 1)
    #expect(value("table_outcome", #",table="tasks",outcome="failed""#) == 0)
    #expect(value("run_last_outcome", #",outcome="good""#) == 1)
    #expect(value("run_last_outcome", #",outcome="partial""#) == 0)
    #expect(try #require(value("run_last_finished_timestamp_seconds")) >= before)
    #expect(
      try #require(value("table_last_success_timestamp_seconds", #",table="site""#)) >= before)
    #expect(
      value("run_last_requests").map { Int64($0) }
        == (try stage.value("SELECT requests FROM _runs").integer))
    #expect(value("allowance_limit") == 4_000)
    #expect(try #require(value("allowance_remaining")) < 4_000)
    #expect(try #require(value("next_round_timestamp_seconds")) >= before + 86_000)
    #expect(value("parents_covered_ratio", #",table="tracks""#) == 1)
    #expect(value("sweep_covered_ratio", #",table="parties""#) == 0)
    #expect(try #require(value("database_size_bytes")) > 100_000)
    #expect(samples["crm_replica_build_info{\(own),version=\"\(Program.version)\"}"] == 1)
  }

  @Test func `the alert rules name what is written`() throws {
    let (stage, path) = try stage()
    try #require(try stage.run("sync").code == 0)
    let written = Set(try samples(path).keys.compactMap { $0.split(separator: "{").first })
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let rules = String(
      decoding: try bytes(of: root + "/systemd/prometheus-rules.yml"), as: UTF8.self)
    let isPartOfName = { (character: Character) in character.isLetter || character == "_" }
    let named = Set(
      rules.split { !isPartOfName($0) }.filter { $0.hasPrefix("crm_replica_") })
    #expect(named.count >= 3 && named.isSubset(of: written), "\(named.subtracting(written))")
    // The values of the labels too.
    #expect(rules.contains(#"crm_replica_table_outcome{outcome=~"failed|held"}"#))
    for outcome in ["failed", "held"] {
      let labels = #"database="replica.sqlite",table="tasks",outcome="\#(outcome)""#
      #expect(try samples(path)["crm_replica_table_outcome{\(labels)}"] == 0)
    }
  }

  @Test func `a round that is not good writes them too`() throws {
    let (stage, path) = try stage()
    stage.trouble(.forbidden, at: "goals", times: 1)
    try #require(try stage.run("sync").code == 1)
    let samples = try samples(path)
    let own = #"database="replica.sqlite""#
    #expect(samples[#"crm_replica_run_last_outcome{\#(own),outcome="partial"}"#] == 1)
    #expect(samples[#"crm_replica_table_outcome{\#(own),table="goals",outcome="failed"}"#] == 1)
    #expect(
      samples[#"crm_replica_table_last_success_timestamp_seconds{\#(own),table="goals"}"#] == nil)
  }

  @Test func `the daemon writes them after each round`() throws {
    let (stage, path) = try stage()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    let child = try stage.start("run")
    let name = #"crm_replica_run_last_outcome{database="replica.sqlite",outcome="good"}"#
    let isWritten = try poll(seconds: 30) {
      try access(path, F_OK) == 0 && samples(path)[name] == 1
    }
    #expect(isWritten, "\(child.text(of: 2))")
    stage.trouble(.forbidden, at: "tasks")
    let isPartial = try poll(seconds: 30) { try samples(path)[name] == 0 }
    #expect(isPartial, "\(child.text(of: 2))")
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 20).code == 0)
  }

  @Test func `a file that cannot be written fails no round`() throws {
    let stage = try Stage()
    try stage.configure(["metrics_file": "\"\(stage.folder)/nowhere/crm.prom\""])
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(ending.log.contains("metrics not written"), "\(ending.log)")
  }

  /// Somebody's named pipe beside the file: whether or not anybody reads it, nothing waits.
  @Test(arguments: [false, true])
  func `a named pipe is not written to`(isRead: Bool) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/crm.prom"
    try #require(mkfifo(path + ".new", 0o600) == 0)
    let reader = isRead ? open(path + ".new", O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1
    defer { if reader >= 0 { close(reader) } }
    let error = #expect(throws: MetricsFileError.self) { try MetricsFile.write("x", to: path) }
    #expect(error?.text.hasSuffix("is no regular file; remove it") ?? false)
    #expect(access(path, F_OK) != 0 && access(path + ".new", F_OK) == 0)
  }
}
