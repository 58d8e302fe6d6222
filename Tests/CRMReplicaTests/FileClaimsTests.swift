import Testing

@testable import CRMReplica

/// Files that two keys of a configuration would have the program use at once.
@Suite struct FileClaimsTests {
  private func complaints(_ members: String) -> [String] {
    let text = """
      {"database": "/d", "source": {"kind": "capsule", "token_file": "/t"}, \(members)}
      """
    do throws(ConfigurationError) {
      _ = try ConfigurationReader.read(
        Array(text.utf8), file: "/c.json", names: ReplicaSettings.names)
      return []
    } catch {
      return error.problems.map(\.text)
    }
  }

  @Test(arguments: [
    "/d", "/d-wal", "/d-shm", "/d-journal", "/d.lock", "/d.verify", "/d.verify.lock", "//d", "/./d",
    "/usr/../d",
  ])
  func `a copy takes no file of the database`(path: String) {
    #expect(
      complaints("\"published_copy\": \"\(path)\"")
        == [#""published_copy" would be written over a file of "database"; name another file"#])
    #expect(
      complaints("\"metrics_file\": \"\(path)\"")
        == [#""metrics_file" would be written over a file of "database"; name another file"#])
  }

  @Test(arguments: [
    (
      #""published_copy": "/t""#,
      #""published_copy" would be written over a file of "source.token_file""#
    ),
    (
      #""published_copy": "/c.json""#,
      #""published_copy" would be written over this configuration"#
    ),
    (#""metrics_file": "/c.json""#, #""metrics_file" would be written over this configuration"#),
    (
      #""published_copy": "/m", "metrics_file": "/m""#,
      #""published_copy" would be written over a file of "metrics_file""#
    ),
    (
      #""published_copy": "/m.new", "metrics_file": "/m""#,
      #""published_copy" would be written over a file of "metrics_file""#
    ),
  ])
  func `no file is written for one key and used for another`(members: String, complaint: String) {
    #expect(complaints(members) == [complaint + "; name another file"])
  }

  @Test func `the place where a copy is made is not the database`() {
    let text = #"""
      {"database": "/p.crm-replica-new", "source": {"kind": "capsule"}, "published_copy": "/p"}
      """#
    #expect(throws: ConfigurationError.self) {
      try ConfigurationReader.read(
        Array(text.utf8), file: "/c.json", names: ReplicaSettings.names)
    }
  }

  @Test(arguments: [
    #""published_copy": "/p""#, #""published_copy": "/d.new", "metrics_file": "/m""#,
  ])
  func `other files are nobody's concern`(members: String) {
    #expect(complaints(members) == [])
  }
}
