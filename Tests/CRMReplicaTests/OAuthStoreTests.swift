import Glibc
import HTTP
import Model
import Replication
import Testing

@testable import CRMReplica

/// A grant as most tests have it.
func grant(_ name: String = "first", at seconds: Int64 = 1_772_366_400) -> OAuthGrant {
  OAuthGrant(
    accessToken: Token("access-\(name)"), refreshToken: Token("refresh-\(name)"),
    obtainedAt: Timestamp(seconds), lifetime: 604_799, origin: "https://api.capsulecrm.com",
    clientID: "client", subdomain: "sample")
}

/// The file of the granted tokens, and what crashes may leave of it.
@Suite struct OAuthStoreTests {
  private let directory: TemporaryDirectory
  private let store: OAuthStore

  init() throws {
    directory = try TemporaryDirectory()
    store = OAuthStore(path: "\(directory.path)/oauth.json")
  }

  private func permissions(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o7777
  }

  @discardableResult
  private func locked<Value>(_ work: () throws -> Value) throws -> Value {
    let lock = try #require(try store.lock(interrupt: nil))
    return try withExtendedLifetime(lock, work)
  }

  private var besideExists: Bool { access(store.path + ".new", F_OK) == 0 }

  @Test func `what is written is read`() throws {
    let before = umask(0)
    defer { umask(before) }
    try locked {
      #expect(throws: OAuthError.noStore(path: store.path)) { try store.read() }
      try store.reserve().write(grant())
      #expect(try store.read() == grant())
      var second = grant("second")
      (second.refreshToken, second.lifetime, second.subdomain) = (nil, nil, nil)
      try store.reserve().write(second)
      #expect(try store.read() == second)
    }
    #expect(try permissions(store.path) == 0o600)
    #expect(!besideExists)
  }

  @Test func `room that is not used is given back`() throws {
    try locked {
      try store.reserve().write(grant())
      do {
        let room = try store.reserve()
        #expect(besideExists)
        withExtendedLifetime(room) {}
      }
      #expect(!besideExists)
      #expect(try store.read() == grant())
    }
  }

  /// However much of the new grant a crash has let through, the next start reads the one or the
  /// other: the new one as soon as it is whole.
  @Test(arguments: [true, false])
  func `a crash at every byte leaves a grant`(hasFormer: Bool) throws {
    let text = try grant("second").encoded()
    for length in 0...text.count {
      for room in [0, 4_096] {
        try locked {
          if hasFormer { try store.reserve().write(grant()) } else { unlink(store.path) }
          let zeros = [UInt8](repeating: 0, count: room)
          _ = try directory.file("oauth.json.new", Array(text[..<length]) + zeros)
          // All but the line feed at the end is the whole text.
          if length >= text.count - 1 {
            #expect(try store.read() == grant("second"))
          } else if hasFormer {
            #expect(try store.read() == grant())
          } else {
            #expect(throws: OAuthError.noStore(path: store.path)) { try store.read() }
          }
          #expect(!besideExists)
        }
      }
    }
  }

  @Test func `a grant left by a crash survives the next reservation`() throws {
    try locked {
      try store.reserve().write(grant())
      _ = try directory.file("oauth.json.new", try grant("second").encoded())
      _ = try store.reserve()
      #expect(try store.read() == grant("second"))
    }
  }

  @Test func `a store that others may read is not used`() throws {
    for permissions: mode_t in [0o644, 0o640, 0o604, 0o620] {
      unlink(store.path)
      _ = try directory.file("oauth.json", try grant().encoded(), permissions: permissions)
      try locked {
        #expect(throws: OAuthError.exposedStore(path: store.path)) { try store.read() }
      }
    }
    #expect(OAuthError.exposedStore(path: store.path).message.contains("chmod 600 \(store.path)"))
  }

  @Test(arguments: [
    "", "{}", "null", "<html>", #"{"access_token": "a"}"#,
    #"""
    {"access_token": "a b", "obtained_at": "2026-03-01T12:00:00Z", "origin": "o", "client_id": "c"}
    """#,
    #"""
    {"access_token": "a\nX: y", "obtained_at": "2026-03-01T12:00:00Z", "origin": "o",
     "client_id": "c"}
    """#,
    #"{"access_token": "a", "obtained_at": "yesterday", "origin": "o", "client_id": "c"}"#,
  ])
  func `what is no grant is not used`(text: String) throws {
    _ = try directory.file("oauth.json", Array(text.utf8))
    try locked {
      let error = #expect(throws: OAuthError.self) { try store.read() }
      #expect(error?.message.contains("crm-replica authorise") == true)
      #expect(error?.exitCode == .configuration)
    }
  }

  @Test func `a folder that is not ours is named before anybody is asked`() throws {
    let nowhere = OAuthStore(path: "\(directory.path)/missing/oauth.json")
    let error = #expect(throws: OAuthError.self) { _ = try nowhere.lock(interrupt: nil) }
    #expect(error?.message.contains("No new ones were asked for") == true)
    // A folder in the place of the room cannot be removed.
    try #require(mkdir(store.path + ".new", 0o700) == 0)
    defer { rmdir(store.path + ".new") }
    try locked { #expect(throws: OAuthError.self) { _ = try store.reserve() } }
  }

  @Test func `a lock is waited for until a stop`() throws {
    let held = try #require(try store.lock(interrupt: nil))
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    try #require(write(ends[1], "x", 1) == 1)
    #expect(try store.lock(interrupt: ends[0]) == nil)
    withExtendedLifetime(held) {}
  }

  @Test func `a token is replaced near its end`() {
    let start: Int64 = 1_772_366_400
    func isDue(_ lifetime: Int64?, after seconds: Int64) -> Bool {
      var grant = grant(at: start)
      grant.lifetime = lifetime
      return grant.isDue(at: Timestamp(start) + seconds)
    }
    #expect(!isDue(604_799, after: 604_498))
    #expect(isDue(604_799, after: 604_499))
    #expect(isDue(604_799, after: 40_000_000))
    // A clock that was set back tells nothing.
    #expect(!isDue(604_799, after: -40_000_000))
    // Short lives are no reason for many questions.
    #expect(!isDue(1, after: 59))
    #expect(isDue(1, after: 60))
    #expect(!isDue(200, after: 99))
    #expect(isDue(200, after: 100))
    #expect(!isDue(nil, after: 40_000_000))
    var bare = grant(at: start)
    bare.refreshToken = nil
    #expect(!bare.isDue(at: Timestamp(start) + 604_799))
  }
}
