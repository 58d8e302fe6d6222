import Testing

@testable import HTTP

/// The queues between the two threads, without either thread.
struct ExchangesTests {
  private let exchanges: Exchanges

  init() throws {
    exchanges = try Exchanges()
  }

  private func send(_ ids: Int...) {
    for id in ids { exchanges.send(.init(id: id, request: Request("parties?page=\(id)"))) }
  }

  private func finish(_ id: Int, _ status: Int) {
    exchanges.finish(Exchange(id: id, result: .success(Response(status: status))))
  }

  /// Takes everything that has ended: ids and what became of them.
  private func taken() -> [String] {
    var all: [String] = []
    while let exchange = exchanges.take() {
      switch exchange.result {
      case .success(let response): all.append("\(exchange.id) \(response.status)")
      case .failure(let error): all.append("\(exchange.id) \(error.kind)")
      }
    }
    return all
  }

  private func leaving(_ limit: Int = 8) -> [Int]? {
    exchanges.leave(atMost: limit)?.map(\.id)
  }

  @Test func `requests leave in the order sent`() {
    send(1, 2, 3)
    #expect(leaving(2) == [1, 2])
    #expect(leaving(0) == [])
    #expect(leaving(2) == [3])
    finish(2, 200)
    finish(1, 404)
    #expect(taken() == ["2 200", "1 404"])
    #expect(taken() == [])
  }

  @Test func `nothing leaves between the headers and the end of a 429`() {
    send(1, 2, 3)
    #expect(leaving(1) == [1])
    exchanges.hold()
    #expect(leaving() == [])
    send(4)
    #expect(leaving() == [])
    #expect(taken() == [])
    finish(1, 429)
    #expect(taken() == ["1 429", "2 notSent", "3 notSent", "4 notSent"])
    send(5)
    #expect(leaving() == [5])
  }

  @Test func `what is sent before a 429 is taken ends unsent`() {
    send(1)
    #expect(leaving() == [1])
    exchanges.hold()
    finish(1, 429)
    send(2)
    #expect(leaving() == [])
    #expect(taken() == ["1 429", "2 notSent"])
  }

  @Test func `what is given back ends behind the 429`() {
    send(1, 2, 3, 4)
    #expect(leaving(3) == [1, 2, 3])
    exchanges.hold()
    exchanges.giveBack(.init(id: 2, request: Request("")))
    #expect(taken() == [])
    finish(1, 429)
    #expect(taken() == ["1 429", "2 notSent", "4 notSent"])
    // Such as had waited for a connection while the 429 was taken.
    exchanges.giveBack(.init(id: 3, request: Request("")))
    #expect(taken() == ["3 notSent"])
  }

  @Test func `every 429 must be taken`() {
    send(1, 2, 3)
    #expect(leaving(2) == [1, 2])
    exchanges.hold()
    exchanges.hold()
    finish(1, 429)
    #expect(taken() == ["1 429", "3 notSent"])
    send(4)
    #expect(leaving() == [])
    finish(2, 429)
    send(5)
    #expect(taken() == ["2 429", "4 notSent", "5 notSent"])
    send(6)
    #expect(leaving() == [6])
  }

  @Test func `what is on the wire ends as it does`() {
    send(1, 2)
    #expect(leaving() == [1, 2])
    exchanges.hold()
    finish(1, 429)
    finish(2, 200)
    #expect(taken() == ["1 429", "2 200"])
  }

  @Test func `unsent names its request`() {
    exchanges.hold()
    finish(1, 429)
    send(7)
    _ = exchanges.take()
    #expect(exchanges.take()?.failure?.doing == "GET parties?page=7")
  }

  @Test func `nothing leaves once closed`() {
    send(1)
    exchanges.close()
    #expect(leaving() == nil)
  }
}
