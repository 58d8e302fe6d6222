package import HTTP
package import Model

/// Asks an account what it has: the list of its modules, then a description of each.
///
/// A value without I/O: it says what is to be asked, and is told the answers in any order. Whoever
/// asks makes a request again as the verdict on its answer says.
package struct Discovery: Sendable {
  /// What came of it.
  package enum Outcome: Sendable, Hashable {
    /// `unread` are the modules that are shown and may not be described, in order.
    case catalogue(VtigerCatalogue, unread: [String])
    case failed(TableFailure)
    /// The account shows no module with records: a fault of release 8.3, for a user who is no
    /// administrator.
    case nothingShown
  }

  private let form: VtigerForm
  private let earlier: VtigerCatalogue?
  /// Those that are to be described though they are known; nil for all.
  private let wanted: Set<String>?
  private var listed: [Descriptions.Listed]?
  private var open: [Request: Descriptions.Listed] = [:]
  private var order: [Request] = []
  private var described: [String: VtigerCatalogue.Module] = [:]
  private var unread: [String] = []
  private var failure: TableFailure?
  /// Why modules could not be described that were given up.
  private var lapses: [TableFailure] = []
  /// The first of these reasons.
  package var lapse: TableFailure? { lapses.first }

  /// More modules are not given up one by one: the server is in trouble.
  private static let mostLapses = 3

  /// `wanted` names the modules to be described though `earlier` knows them; nil stands for all.
  package init(
    _ form: VtigerForm, after earlier: VtigerCatalogue? = nil, describing wanted: Set<String>? = nil
  ) {
    (self.form, self.earlier, self.wanted) = (form, earlier, wanted)
  }

  /// What is to be asked now and has not been answered: independent of one another.
  package func requests() -> [Request] {
    if failure != nil { return [] }
    return listed == nil ? [form.listTypes] : order.filter { open[$0] != nil }
  }

  /// Takes an answer, and says what it means: behind `accept`, `missing` and `fail` the request is
  /// not made again.
  package mutating func take(_ response: Response, to request: Request) -> Verdict {
    let reply = VtigerReplies(form: form).reply(response, to: request)
    switch reply.verdict {
    case .accept: return accept(response, request)
    case .missing(let kind), .fail(let kind):
      if case .forbidden = kind, let module = open.removeValue(forKey: request) {
        unread.append(module.name)
      } else {
        giveUp(request, TableFailure(kind, doing: "\(request)", message: reply.message))
      }
    case .wait, .pause, .retry, .refuse, .suspend: break
    }
    return reply.verdict
  }

  /// Takes that no answer to a request is to be had. A module is given up alone: one that is known
  /// stays as it was described, another one is left to the next time.
  package mutating func giveUp(_ request: Request, _ failure: TableFailure) {
    if case .unreachable = failure.kind { return self.failure = failure }
    guard lapses.count < Self.mostLapses, let module = open.removeValue(forKey: request) else {
      return self.failure = failure
    }
    lapses.append(failure)
    if let known = earlier?[module.name], !known.isGone { keep(known, module) }
  }

  private mutating func keep(
    _ known: VtigerCatalogue.Module, _ module: Descriptions.Listed
  ) {
    described[module.name] = VtigerCatalogue.Module(
      module.name, label: module.label, singular: module.singular, idPrefix: known.idPrefix,
      isEntity: known.isEntity, fields: known.fields.filter { !$0.isGone })
  }

  private mutating func accept(_ response: Response, _ request: Request) -> Verdict {
    if request == form.listTypes {
      guard let modules = Descriptions.modules(in: response.body) else { return Self.unreadable }
      if listed == nil { list(modules) }
    } else if let module = open[request] {
      guard let description = Descriptions.module(module, in: response.body) else {
        return Self.unreadable
      }
      described[module.name] = description
      open[request] = nil
    }
    return .accept
  }

  private mutating func list(_ modules: [Descriptions.Listed]) {
    listed = modules
    for module in modules {
      if let known = earlier?[module.name], !known.isGone,
        let wanted, !wanted.contains(module.name)
      {
        keep(known, module)
      } else {
        let request = form.describe(module.name)
        if open.updateValue(module, forKey: request) == nil { order.append(request) }
      }
    }
  }

  private static let unreadable = Verdict.retry(.unreadable(.notJSON))

  /// What came of it, or nil while something is still to be asked.
  package var outcome: Outcome? {
    if let failure { return .failed(failure) }
    guard listed != nil, open.isEmpty else { return nil }
    let catalogue = VtigerCatalogue(Array(described.values), after: earlier)
    return catalogue.showsRecords
      ? .catalogue(catalogue, unread: unread.sorted()) : .nothingShown
  }
}
