import FoundationEssentials
import Glibc
import SQLite
import TestSupport
import Testing

@testable import CRMReplica

/// `demo --serve`: simulated accounts that stay up, for a configuration of one's own.
@Suite(.onWaitingThreads) struct EndToEndRehearsalTests {
  /// The served accounts, with a folder that has the configuration of each and its secret.
  private final class Served {
    let child: Child
    let directory: TemporaryDirectory
    private var keyboard: CInt

    init(_ words: String...) throws {
      directory = try TemporaryDirectory()
      var ends: [CInt] = [0, 0]
      try #require(pipe(&ends) == 0)
      keyboard = ends[1]
      child = try Child(
        ["demo", "--serve"] + words, in: directory.path, input: .descriptor(ends[0]))
      close(ends[0])
      try see("Type a word")
      // As a user would: the secret into its file, the configuration into another.
      let lines = child.text(of: 1).split(separator: "\n").map(String.init)
      for (index, line) in lines.enumerated() where line.hasPrefix("A simulated ") {
        let secret = lines[index + 1].dropFirst(2)
        let configuration = String(lines[index + 3].dropFirst(2))
        let kind = line.contains("Vtiger") ? "vtiger" : "capsule"
        let file = kind == "vtiger" ? "vtiger.access_key" : "capsule.token"
        _ = try directory.file(file, Array("\(secret)\n".utf8), permissions: 0o600)
        _ = try directory.file("\(kind).json", Array("\(configuration)\n".utf8))
      }
    }

    deinit { if keyboard >= 0 { close(keyboard) } }

    func type(_ word: String) { _ = writeAll("\(word)\n", to: keyboard) }

    func hangUp() {
      close(keyboard)
      keyboard = -1
    }

    /// Waits until the text stands on standard output, so many times.
    func see(_ text: String, times: Int = 1) throws {
      let isThere = poll(seconds: 60) {
        child.text(of: 1).components(separatedBy: text).count > times
      }
      try #require(isThere, "\(child.text(of: 1))\(child.text(of: 2))")
    }

    func run(_ words: String...) throws -> Ending {
      try Child(words, in: directory.path, launcher: Child.here(directory.path)).wait()
    }
  }

  @Test func `both accounts can be copied, and a day can pass in them`() throws {
    let served = try Served()
    for kind in ["capsule", "vtiger"] {
      let check = try served.run("check", "-c", "\(kind).json")
      #expect(check.code == 0, "\(check.output)\(check.log)")
    }
    let first = try served.run("sync", "-c", "capsule.json")
    #expect(first.code == 0, "\(first.log)")
    served.type("edit")
    try served.see("Capsule: ")
    try served.see("Vtiger: ")
    let second = try served.run("sync", "-c", "capsule.json")
    #expect(second.code == 0, "\(second.log)")
    let connection = try Connection(
      path: "\(served.directory.path)/capsule.sqlite", mode: .readOnly)
    #expect(try connection.value("SELECT count(*) > 50 FROM _history") == 1)
    served.child.signal(SIGUSR1)
    try served.see("Capsule: ", times: 2)
    // Nobody at the keyboard is no reason to end.
    served.hangUp()
    #expect(try served.run("check", "-c", "capsule.json").code == 0)
    served.child.signal(SIGTERM)
    #expect(try served.child.wait(seconds: 20).code == 0)
  }

  @Test func `trouble comes and goes as it is typed`() throws {
    let served = try Served("--source", "capsule")
    #expect(!served.child.text(of: 1).contains("Vtiger"))
    served.type("500")
    try served.see("Capsule: every request fails")
    #expect(try served.run("check", "-c", "capsule.json").code == 69)
    served.type("well")
    try served.see("Capsule: all trouble ends")
    #expect(try served.run("check", "-c", "capsule.json").code == 0)
    served.type("429")
    try served.see("Capsule: the allowance is used up")
    #expect(try served.run("check", "-c", "capsule.json").code == 75)
    served.type("delete")
    try served.see("is deleted.")
    served.type("what")
    try served.see("Type a word", times: 2)
    served.child.signal(SIGINT)
    #expect(try served.child.wait(seconds: 20).code == 0)
  }
}
