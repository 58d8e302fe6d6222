import Glibc
import Testing

@testable import CRMReplica

@Suite struct ReplicaPlaceTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `the first configuration there is is taken`() throws {
    let second = try directory.file("second.json", [])
    let usual = ["\(directory.path)/first.json", second]
    let found = try #require(ReplicaPlace.found(["CRM_REPLICA_CONFIG": ""], among: usual))
    #expect(found.place == .configured(by: second))
    let first = try directory.file("first.json", [])
    #expect(ReplicaPlace.found([:], among: usual)?.place == .configured(by: first))
    // What is named is taken whether it is there or not.
    let named = ReplicaPlace.found(["CRM_REPLICA_CONFIG": "/nowhere/c"], among: usual)
    #expect(named?.place == .configured(by: "/nowhere/c"))
    #expect(ReplicaPlace.found([:], among: ["\(directory.path)/third.json"]) == nil)
    #expect(ReplicaPlace.usual == ["crm-replica.json", "/etc/crm-replica/crm-replica.json"])
  }

  @Test(
    arguments: [
      ("a", "", "a"), ("a", "/f", "/f/a"), ("../a", "f/g", "f/g/../a"), ("/a", "/f", "/a"),
      ("a", "/", "/a"), ("~a", "f", "f/~a"),
    ] as [(String, String, String)])
  func `a path begins in the folder of the configuration`(
    path: String, folder: String, placed: String
  ) {
    #expect(path.placed(in: folder) == placed)
  }

  @Test(
    arguments: [("c.json", ""), ("f/c.json", "f"), ("/c.json", "/"), ("/f/g/c", "/f/g")]
      as [(String, String)])
  func `the folder of a file`(path: String, folder: String) {
    #expect(path.folder == folder)
  }

  @Test(
    arguments: [
      (ReplicaPlace.configured(by: "c.json"), "--config c.json"),
      (.file("it's a file"), #"--database 'it'\''s a file'"#),
    ] as [(ReplicaPlace, String)])
  func `a place is named as a shell reads it`(place: ReplicaPlace, words: String) {
    #expect(place.words == words)
  }
}
