/// A script of faults: which requests fail, and how.
///
/// The fault model, which a client is meant to survive whole. A fault hits one request, by its
/// number or by the beginning of its target; the client finds out from the reply alone.
///
/// - The server fails: an error status with a page of HTML, or without a body, as a crashed program
///   leaves it, also under status 200; or a page of HTML under status 200, as in maintenance. The
///   request was not carried out, and the next one is served as ever.
/// - The server is busy: a 503 that says in `Retry-After` when to come again.
/// - The allowance is spent: a 429 which names its reset, until when all requests are refused, or
///   which names none and refuses this one alone.
/// - The server refuses: it does not know the credential, forbids what was asked, or says anything
///   else under any status. Again the next request is served as ever.
/// - The connection fails: it is reset before any byte, without the request having been carried
///   out, or ends amid the body of a real answer, or that body comes too slowly for any client.
/// - The body is wrong: the first half of the JSON under a `Content-Length` that fits, or more
///   bytes than a client should take.
/// - The list ends too early: a page lacks its records, or does not name the one behind it.
/// - The client is led away: a redirect to another origin, or a whole page whose next address lies
///   at another origin.
///
/// What passes is repeated: server errors, spent allowances, broken connections, bodies that are no
/// JSON. A refusal stops the client until the operator acts, another origin is never followed, and
/// a body without end is given up.
///
/// `Effect.reply` and `Effect.spoil` do what is the same with every CRM. How a refusal, a spent
/// allowance or an address is worded is the CRM's own, and so is done by its simulator.
package struct FaultScript: Sendable, Hashable {
  /// One kind of trouble.
  package enum Effect: Sendable, Hashable {
    /// That status (500, 502, 503) with an HTML page or nothing as its body.
    case serverError(Int, html: Bool)
    /// A 503 with that `Retry-After`.
    case busy(String)
    /// A 429 whose reset lies so many seconds ahead; nil names none.
    case rateLimited(resetIn: Int64?)
    /// A 401: the credential is not known.
    case unauthorised
    /// That status, and a body that gives that text as its reason.
    case saying(String, status: Int)
    /// A 403: the credential does not reach that far.
    case forbidden
    /// Status 200 and a page of HTML.
    case htmlInsteadOfJSON
    /// Status 200, a `Content-Length` that fits, and only the first half of the JSON.
    case truncatedJSON
    /// The connection is reset before any byte.
    case connectionReset
    /// The connection ends in the middle of the body.
    case cutBody
    /// The body comes more slowly than any client should accept.
    case slowBody
    /// A 302 to another origin.
    case redirect
    /// A complete page whose next address lies at another origin.
    case foreignLink
    /// A page out of which all records were taken after it was cut: what it says of the list stays.
    case emptyPage
    /// A page that says it is the last, whatever follows.
    case earlyEnd
    /// A 200 whose body has so many bytes.
    case oversized(Int)
  }

  /// Which requests are hit.
  package enum Trigger: Sendable, Hashable {
    /// The request of that number, counted from 1 over the account's life.
    case request(Int)
    /// The next so many requests whose target begins so.
    case path(String, times: Int)
  }

  /// One trouble and the requests it hits.
  package struct Fault: Sendable, Hashable {
    /// Which requests; a path counts down.
    package var trigger: Trigger
    /// What goes wrong.
    package let effect: Effect

    package init(_ effect: Effect, on trigger: Trigger) {
      self.trigger = trigger
      self.effect = effect
    }
  }

  /// What is still to come.
  package var faults: [Fault]

  package init(_ faults: [Fault] = []) {
    self.faults = faults
  }

  /// The effect on a request, if any, which is then used up.
  package mutating func take(number: Int, target: String) -> Effect? {
    for index in faults.indices {
      switch faults[index].trigger {
      case .request(number):
        return faults.remove(at: index).effect
      case .path(let prefix, let times) where times > 0 && target.hasPrefix(prefix):
        faults[index].trigger = .path(prefix, times: times - 1)
        return faults[index].effect
      default: continue
      }
    }
    return nil
  }

  /// One of each kind that a client survives by trying again.
  package static let passing: [Effect] = [
    .serverError(500, html: true), .serverError(502, html: true), .serverError(503, html: false),
    .rateLimited(resetIn: 30), .rateLimited(resetIn: nil), .htmlInsteadOfJSON, .truncatedJSON,
    .connectionReset, .cutBody, .slowBody,
  ]

  /// So many passing faults on requests drawn from the range.
  package static func random(
    using generator: inout some RandomNumberGenerator, requests: ClosedRange<Int>, count: Int
  ) -> FaultScript {
    FaultScript(
      (0..<count).map { _ in
        Fault(generator.pick(passing), on: .request(generator.int(requests)))
      })
  }
}
