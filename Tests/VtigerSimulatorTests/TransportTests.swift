import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// Both forms through the seam that a client uses.
struct TransportTests {
  private func exchange(_ transport: SimulatedTransport<VtigerAccount>, _ request: Request)
    -> Response?
  {
    transport.send(request, id: 1)
    guard case .finished(let exchange) = transport.next(timeout: nil) else { return nil }
    return try? exchange.result.get()
  }

  @Test func theRESTFormIsServedByBasic() {
    let transport = SimulatedTransport(account(.init(.cloud)))
    let reply = exchange(transport, Request("restapi/v1/vtiger/default/me"))
    #expect(reply?.status == 200)
    transport.authorization = nil
    #expect(exchange(transport, Request("restapi/v1/vtiger/default/me"))?.status == 401)
  }

  @Test func theSessionFormIsServedByAChallenge() throws {
    let account = account()
    let transport = SimulatedTransport(account)
    let name = account.username
    func ask(_ request: Request) throws -> JSON {
      try #require(exchange(transport, request).flatMap { JSON($0.body) }?["result"])
    }
    let fields = [("operation", "getchallenge"), ("username", name)]
    let challenge = try ask(Request("webservice.php?" + FormText.encoded(fields)))
    let token = try #require(challenge["token"]?.string)
    let login = [
      ("operation", "login"), ("username", name),
      ("accessKey", MD5.hex(token + account.accessKey)),
    ]
    let session = try ask(Request("webservice.php", form: login))["sessionName"]?.string
    let types = try ask(
      Request("webservice.php?operation=listtypes&sessionName=\(session ?? "")"))
    #expect(types["types"]?.items.count == 29)
    // In a folder, too.
    let inFolder = Request("crm/webservice.php?operation=listtypes&sessionName=\(session ?? "")")
    #expect(try ask(inFolder) == types)
  }
}
