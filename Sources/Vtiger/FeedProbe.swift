package import HTTP
package import Model

/// Asks whether the account has a feed of changes that tells of everybody's records.
///
/// A server that does not know for whom it is to tell takes it for the user's own records, and says
/// nothing of it: changes would be missed without a word. So a record is looked for that is another
/// user's, and the feed must name it. Where there is none, as where one user has everything, lists
/// are read as before: nothing is lost by it.
package struct FeedProbe: Sendable {
  /// What is known of the feed.
  package enum Finding: Sendable, Hashable {
    /// It has named another user's record.
    case proven
    /// The server does not answer the question for it.
    case refused
    /// It has not named the record, or there is none of another user's.
    case unproven
    /// This user is no administrator, and only those are told of all records.
    case withheld
  }

  package private(set) var finding: Finding

  private let form: VtigerForm
  private let user: VtigerUser
  private let zone: ServerZone
  /// The modules in which no such record was found yet.
  private var modules: [String]
  private var foreign: (prefix: Substring, id: Int64, second: Int64)?

  /// Where most users have records.
  private static let lively = ["Contacts", "Accounts", "Potentials", "Leads"]

  /// `modules` are those that the account shows with records.
  package init(
    _ form: VtigerForm, as user: VtigerUser, among modules: some Collection<String>,
    zone: ServerZone
  ) {
    (self.form, self.user, self.zone) = (form, user, zone)
    finding = user.isAdministrator ? .unproven : .withheld
    self.modules = user.isAdministrator ? Self.lively.filter(modules.contains) : []
  }

  package init(
    _ form: VtigerForm, as user: VtigerUser, _ catalogue: VtigerCatalogue, zone: ServerZone,
    disabled: Set<String> = []
  ) {
    let shown = catalogue.modules.filter {
      $0.isEntity && !$0.isGone && $0.changeField != nil
        && !($0.tableName.map(disabled.contains) ?? true)
    }
    self.init(form, as: user, among: shown.map(\.name), zone: zone)
  }

  package var isProven: Bool { finding == .proven }

  package var next: Request? {
    guard let module = modules.first else { return nil }
    if let foreign {
      let second = foreign.second - 1
      let note = Walk.feed(second).position.text
      return form.changes(of: module, since: second, note: note)
    }
    return form.request(
      "query",
      [
        (
          "query",
          "SELECT id,assigned_user_id,modifiedtime FROM \(module) "
            + "WHERE assigned_user_id != '\(user.id)' ORDER BY modifiedtime DESC LIMIT 100;"
        )
      ])
  }

  package mutating func take(_ response: Response, to request: Request) -> Verdict {
    if modules.isEmpty { return .accept }
    let reply = VtigerReplies(form: form).reply(response, to: request)
    switch (reply.verdict, foreign) {
    case (.wait, _), (.pause, _), (.retry, _), (.suspend, _): return reply.verdict
    case (.accept, let foreign?):
      let page = FeedPage(response.body, prefix: foreign.prefix)
      finding = page?.updated.contains(foreign.id) ?? false ? .proven : .unproven
      modules = []
    case (.accept, nil):
      foreign = newest(in: response.body)
      if foreign == nil { modules.removeFirst() }
    default: giveUp()
    }
    return .accept
  }

  /// No answer is to be had.
  package mutating func giveUp() {
    if foreign != nil { finding = .refused }
    modules = []
  }

  /// The record of another user's, and of no group's, that was changed last.
  private func newest(in body: [UInt8]) -> (prefix: Substring, id: Int64, second: Int64)? {
    let rows: [Row] = Descriptions.result(in: body) ?? []
    let found = rows.first { row in
      let owner = row.assigned_user_id.split(separator: "x")
      return owner.count == 2 && owner[0] == user.prefix && row.assigned_user_id != user.id
    }
    guard let halves = found?.id.split(separator: "x"), halves.count == 2,
      let id = Int64(halves[1]), let stamp = found.flatMap({ Timestamp($0.modifiedtime) })
    else { return nil }
    return (halves[0], id, zone.instant(ofLocal: stamp.seconds).seconds)
  }

  private struct Row: Decodable {
    let id: String
    let assigned_user_id: String
    let modifiedtime: String
  }
}
