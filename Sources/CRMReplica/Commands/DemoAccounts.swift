internal import CapsuleSimulator
internal import HTTP
internal import Model
internal import Simulation
internal import VtigerSimulator

/// An account that the demonstration makes up: what of it a server answers, and who asks.
struct DemoAccount<Simulated: SimulatedAccount> {
  let account: Simulated
  let source: Configuration.Source
  let secret: Token
  /// A day's work, told in words.
  let edits: @Sendable (Simulated) -> String
  /// Deletes the first record of the most important kind; nil when none is left.
  let deletes: @Sendable (Simulated) -> String?
  /// Orders trouble, or its end.
  let troubles: @Sendable (Simulated, FaultScript) -> Void
}

extension DemoAccount<Account> {
  /// A Capsule, as it was at an instant.
  static func capsule(at now: Timestamp) throws -> Self {
    let account = Account(seed: 2_026, size: .demo, now: now.seconds)
    return DemoAccount(
      account: account, source: .init(kind: .capsule, baseURL: try BaseURL(account.baseURL)),
      secret: Token(account.token), edits: { Self.spoken($0.demoEdits()) },
      deletes: { account in
        account.visibleIDs(.parties).first.map { id in
          _ = account.delete(.parties, id)
          return "party \(id)"
        }
      }, troubles: { $0.faults = $1 })
  }

  private static func spoken(_ edits: DemoSummary) -> String {
    DemoCommand.list([
      (
        edits.newParties + edits.newOpportunities + edits.newCases + edits.newTasks
          + edits.newEntries, "records are added"
      ),
      (edits.changedParties, "parties are changed"),
      (edits.movedOpportunities + edits.revaluedOpportunities, "deals are moved or revalued"),
      (edits.postponedOpportunities, "are put off"),
      (edits.wonOpportunities, "deals are won"),
      (edits.closedCases + edits.completedTasks, "cases and tasks are closed"),
      (
        edits.deletedParties + edits.deletedOpportunities + edits.deletedCases
          + edits.deletedTasks + edits.deletedEntries, "records are deleted"
      ),
      (edits.restrictedParty == nil ? 0 : 1, "party is made private"),
    ])
  }
}

extension DemoAccount<VtigerAccount> {
  /// A hosted Vtiger, as it was at an instant.
  static func vtiger(at now: Timestamp) throws -> Self {
    let account = VtigerAccount(
      seed: 2_026, size: .contacts(1_000), now: now.seconds, switches: .init(.cloud))
    account.prepareDemo()
    return DemoAccount(
      account: account,
      source: .init(
        kind: .vtiger, baseURL: try BaseURL(account.baseURL), username: account.username,
        api: .rest),
      secret: Token(account.accessKey), edits: { DemoCommand.list($0.demoEdits()) },
      deletes: { account in
        account.records(of: "Contacts").keys.min().map { id in
          account.delete(id)
          return "contact \(id)"
        }
      }, troubles: { $0.faults = $1 })
  }
}

/// How the file of a demonstration is known: a row that no account of anybody's has.
struct DemoMark {
  let table: String
  let column: String
  let text: String

  static let all = [
    DemoMark(table: "site", column: "name", text: Account.siteName),
    DemoMark(
      table: "company_details", column: "organizationname", text: VtigerAccount.demoName),
  ]
}
