import Simulation

/// A day's work, for the demonstration to tell.
extension VtigerAccount {
  /// What an account of the demonstration is called: the name of its company.
  package static let demoName = "Sample Trading (demo)"

  /// Names the account as one of the demonstration, with an allowance that lets it be quick.
  package func prepareDemo() {
    reviseActor("CompanyDetails", 1, "organizationname", Self.demoName)
    minute = RateLimit(limit: 10_000, window: 60)
    hour = RateLimit(limit: 10_000, window: 3_600)
    day = RateLimit(limit: 10_000, window: 86_400)
  }

  /// A plausible day: answers how many changes there were, and of what. The clock moves less than
  /// an hour.
  package func demoEdits() -> [(count: Int, what: String)] {
    var done: [(count: Int, what: String)] = []
    func each(_ ids: some Collection<Int64>, _ what: String, _ work: (Int64) -> Void) {
      for id in ids {
        now += 7
        work(id)
      }
      done.append((ids.count, what))
    }
    func ids(_ module: String) -> [Int64] { records(of: module).keys.sorted() }
    for (module, count) in [("Contacts", 9), ("Accounts", 3), ("Potentials", 4), ("Cases", 5)] {
      for _ in 0..<count {
        now += 7
        createRecord(in: module)
      }
    }
    done.append((21, "records are added"))
    let contacts = ids("Contacts")
    each(contacts.prefix(12), "contacts are changed") { revise($0, "title", "Head of Purchasing") }
    let deals = ids("Potentials")
    each(deals.prefix(8), "deals are moved") { revise($0, "sales_stage", "Negotiation or Review") }
    each(deals.dropFirst(8).prefix(4), "deals are won") { revise($0, "sales_stage", "Closed Won") }
    each(ids("Cases").prefix(5), "cases are closed") { revise($0, "casestatus", "Closed") }
    each(contacts.dropFirst(12).prefix(4), "contacts are deleted") { delete($0) }
    return done
  }
}
