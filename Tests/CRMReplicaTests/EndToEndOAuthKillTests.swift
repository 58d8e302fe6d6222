import CapsuleSimulator
import Glibc
import HTTP
import Simulation
import Synchronization
import TestSupport
import Testing

@testable import CRMReplica

/// The built program killed while it renews its tokens. The next start lets itself in, or says
/// plainly that a person is needed; that is so only if the server's rotation was never told.
@Suite(.onWaitingThreads) struct EndToEndOAuthKillTests {
  /// The process to be killed, told once it has been started.
  private final class Target: Sendable {
    let pid = Mutex<pid_t>(0)

    func kill() {
      _ = poll(seconds: 10) { pid.withLock { $0 } != 0 }
      Glibc.kill(pid.withLock { $0 }, SIGKILL)
    }
  }

  private func start(_ stage: Stage, _ target: Target) throws -> Child {
    let child = try stage.start("sync")
    target.pid.withLock { $0 = child.pid }
    return child
  }

  private func expectIn(_ stage: Stage, _ location: SourceLocation = #_sourceLocation) throws {
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)", sourceLocation: location)
    #expect(access(stage.tokenStore + ".new", F_OK) != 0, sourceLocation: location)
    #expect(try stage.differences() == [], sourceLocation: location)
  }

  @Test(arguments: OAuthAuthority.Rotation.allCases)
  func `killed before the server acts`(rotation: OAuthAuthority.Rotation) throws {
    let target = Target()
    // The request has come, the server does nothing with it.
    let stage = try Stage.granted {
      $0.rotation = rotation
      $0.beforeTokens = { target.kill() }
      $0.troubles = [.reset]
    }
    stage.oauth { $0.endAccess() }
    #expect(try start(stage, target).wait().code == -SIGKILL)
    stage.oauth { $0.beforeTokens = nil }
    try expectIn(stage)
  }

  @Test(arguments: OAuthAuthority.Rotation.allCases)
  func `killed before the answer`(rotation: OAuthAuthority.Rotation) throws {
    let target = Target()
    let stage = try Stage.granted {
      $0.rotation = rotation
      $0.beforeAnswer = { target.kill() }
    }
    stage.oauth { $0.endAccess() }
    #expect(try start(stage, target).wait().code == -SIGKILL)
    stage.oauth {
      $0.beforeAnswer = nil
      $0.endAccess()
    }
    if rotation == .rotating {
      let ending = try stage.run("sync")
      #expect(ending.code == 77)
      #expect(ending.log.contains("crm-replica authorise"), "\(ending.log)")
      #expect(stage.tokenRequests == 2)
    } else {
      try expectIn(stage)
    }
  }

  /// Killed at each of the first changes to the store's files, as they happen.
  @Test(arguments: 1...10)
  func `killed while it stores`(changes: Int) throws {
    let stage = try Stage.granted()
    stage.oauth { $0.endAccess() }
    let watch = inotify_init1(CInt(IN_CLOEXEC))
    try #require(watch >= 0)
    defer { close(watch) }
    let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE)
    try #require(inotify_add_watch(watch, stage.folder, mask) >= 0)
    let child = try stage.start("sync")
    var left = changes
    var event = [UInt8](repeating: 0, count: 128)
    while left > 0 {
      var readable = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
      if Glibc.poll(&readable, 1, 10) == 1 {
        let count = read(watch, &event, 48)
        guard count > 16 else { break }
        let name = event[16..<count].prefix { $0 != 0 }
        if name.starts(with: "oauth.json.new".utf8) { left -= 1 }
      } else if child.hasEnded {
        break
      }
    }
    child.signal(SIGKILL)
    _ = try child.wait()
    // The newest refresh token is in the one file or the other, whole, or nowhere.
    let kept = try ["", ".new"].map { stage.tokenStore + $0 }
      .filter { access($0, F_OK) == 0 }
      .compactMap { OAuthGrant(try bytes(of: $0))?.refreshToken?.secret }
    stage.oauth { $0.endAccess() }
    let ending = try stage.run("sync")
    // The server may have done behind the kill what it was told before.
    let newest = stage.oauth { $0.secrets.last { $0.hasPrefix("rt-") } } ?? ""
    let isKept = ending.code == 0 || kept.contains(newest)
    #expect(ending.code == (isKept ? 0 : 77), "\(ending.log)")
    #expect(isKept || ending.log.contains("crm-replica authorise"), "\(ending.log)")
    #expect(access(stage.tokenStore + ".new", F_OK) != 0)
  }

  /// A crash between the writing and the renaming.
  @Test func `a grant without its name is found`() throws {
    let stage = try Stage.granted()
    let text = String(decoding: try bytes(of: stage.tokenStore), as: UTF8.self)
    try stage.file("oauth.json.new", text)
    try stage.file("oauth.json", text.replacing("rt-", with: "dead-").replacing("at-", with: "no-"))
    try expectIn(stage)
    #expect(stage.tokenRequests == 0)
    #expect(String(decoding: try bytes(of: stage.tokenStore), as: UTF8.self) == text)
  }

  /// A stop while the endpoint has the refresh token waits a moment for the answer, and stores it.
  @Test func `a stop does not lose an answer that is coming`() throws {
    let target = Target()
    let stage = try Stage.granted {
      $0.beforeTokens = {
        _ = poll(seconds: 10) { target.pid.withLock { $0 } != 0 }
        Glibc.kill(target.pid.withLock { $0 }, SIGTERM)
      }
    }
    stage.oauth { $0.endAccess() }
    let ending = try start(stage, target).wait(seconds: 20)
    #expect(ending.code == 143, "\(ending.log)")
    stage.oauth {
      $0.beforeTokens = nil
      $0.endAccess()
    }
    try expectIn(stage)
    #expect(stage.tokenRequests == 2)
  }

  /// An endpoint that says nothing holds nobody up.
  @Test func `a stop ends a wait for an endpoint that hangs`() throws {
    let stage = try Stage.granted { $0.troubles = [.slowAnswer] }
    stage.oauth { $0.endAccess() }
    let child = try stage.start("sync")
    try #require(poll(seconds: 20) { stage.tokenRequests == 1 })
    child.signal(SIGTERM)
    let ending = try child.wait(seconds: 10)
    #expect(ending.code == 143, "\(ending.log)")
    #expect(ending.log.contains("run stopped"), "\(ending.log)")
    #expect(access(stage.tokenStore + ".new", F_OK) != 0)
  }
}
