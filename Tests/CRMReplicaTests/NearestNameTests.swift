import Testing

@testable import CRMReplica

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("concurency", ["page_size", "concurrency"], "concurrency"),
      ("baseURL", ["base_url", "kind"], "base_url"),
      ("base-url", ["base_url", "kind"], "base_url"),
      ("sycn", ["run", "sync"], "sync"),
      ("evry", ["every", "full_every"], "every"),
      ("partys", ["party_tags", "parties", "tasks"], "parties"),
      ("stat", ["status", "sync"], "status"),
      ("party", ["deleted_parties", "parties", "tasks"], "parties"),
      ("part", ["parties", "party_tags"], nil),
      ("s", ["status", "sync"], nil),
      ("ta", ["tasks", "teams"], nil),
      ("sta", ["status", "stages"], nil),
      ("blorb", ["status", "sync"], nil),
      ("ab", ["xy"], nil),
      ("cat", ["bat", "rat"], "bat"),
      ("", ["a"], nil),
      ("__", ["a"], nil),
      (String(repeating: "a", count: 65), [String(repeating: "a", count: 65)], nil),
      ("anything", [], nil),
    ] as [(String, [String], String?)])
  func `the nearest name is found, if it is near`(name: String, known: [String], nearest: String?) {
    #expect(nearestName(to: name, among: known) == nearest)
  }
}
