/// Trouble to order: what goes wrong with which request.
///
/// A client is meant to survive all of it. Server errors, spent quotas, cut or slow or reset
/// connections and bodies that are no JSON pass when the request is repeated; a refusal stops it
/// until the operator acts; another origin, by redirect or by `Link`, is never followed; a body
/// without end is given up.
package struct FaultScript: Sendable, Hashable {
  /// One kind of trouble.
  package enum Effect: Sendable, Hashable {
    /// A server error (500, 502, 503) with an HTML page or nothing as its body.
    case serverError(Int, html: Bool)
    /// A 429 whose reset lies so many seconds ahead; nil leaves the rate headers out.
    case rateLimited(resetIn: Int64?)
    case unauthorised
    /// That status, and a body whose `message` is that text.
    case saying(String, status: Int)
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
  mutating func take(number: Int, target: String) -> Effect? {
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
