import Glibc
import Testing

@testable import CRMReplica

@Suite(.serialized) struct StopSignalTests {
  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal makes the descriptor readable`(number: CInt) throws {
    var before = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let stop = try StopSignal()
    #expect(isReadable(stop.descriptor) == false)
    #expect(stop.read() == nil)
    raise(number)
    #expect(isReadable(stop.descriptor))
    #expect(stop.read() == number)
    #expect(stop.read() == nil)
  }

  @Test func `takes other signals by the same descriptor`() throws {
    var before = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let stop = try StopSignal()
    try stop.take(also: [SIGHUP, SIGUSR1])
    for number in [SIGHUP, SIGTERM, SIGUSR1, SIGINT] {
      raise(number)
      stop.wait(atMost: .seconds(60))
      // Another signal is no reason to give up what goes on.
      #expect(stop.isAsked == [SIGTERM, SIGINT].contains(number))
      #expect(stop.read() == number)
    }
    stop.wait(atMost: .zero)
    #expect(stop.read() == nil)
  }

  @Test func `a write to a closed pipe is an error`() throws {
    var before = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let stop = try StopSignal()
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    // A child that another test has forked may hold the other end open until it begins its program.
    #expect(poll(seconds: 20) { !writeAll("lost", to: ends[1]) })
    close(ends[1])
    #expect(stop.read() == nil)
  }

  @Test func `writes more than a pipe holds`() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.file("out", [])
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    #expect(writeAll("", to: descriptor))
    #expect(writeAll(String(repeating: "é\n", count: 40_000), to: descriptor))
    close(descriptor)
    #expect(try SmallFile(at: path, limit: 1 << 20).bytes.count == 120_000)
  }

  private func isReadable(_ descriptor: CInt) -> Bool {
    var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waited, 1, 0) == 1
  }
}
