package import HTTP
package import Model

/// Asks whether the account has a feed of changes that tells of everybody's records.
///
/// A server that does not know for whom it is to tell takes it for the user's own records, and says
/// nothing of it: changes would be missed without a word. So a record is looked for that is another
/// user's, and the feed must name it. Where there is none, as where one user has everything, lists
/// are read as before: nothing is lost by it.
package struct FeedProbe: Sendable {
  /// Whether the feed has named another user's record.
  package private(set) var isProven = false

  private let form: VtigerForm
  private let user: VtigerUser
  private let zone: ServerZone
  /// The modules in which no such record was found yet.
  private var modules: [VtigerCatalogue.Module]
  private var foreign: (id: Int64, second: Int64)?

  /// Where most users have records.
  private static let lively = ["Contacts", "Accounts", "Potentials", "Leads"]

  package init(
    _ form: VtigerForm, as user: VtigerUser, _ catalogue: VtigerCatalogue, zone: ServerZone
  ) {
    (self.form, self.user, self.zone) = (form, user, zone)
    // Nobody else is told of all records.
    modules =
      !user.isAdministrator
      ? []
      : Self.lively.compactMap { name in
        catalogue[name].flatMap { $0.isEntity && !$0.isGone && $0.changeField != nil ? $0 : nil }
      }
  }

  package var next: Request? {
    guard let module = modules.first else { return nil }
    if let foreign {
      let second = foreign.second - 1
      let note = Walk.feed(second).position.text
      return form.changes(of: module.name, since: second, note: note)
    }
    return form.request(
      "query",
      [
        (
          "query",
          "SELECT id,assigned_user_id,modifiedtime FROM \(module.name) "
            + "WHERE assigned_user_id != '\(user.id)' ORDER BY modifiedtime DESC LIMIT 100;"
        )
      ])
  }

  package mutating func take(_ response: Response, to request: Request) -> Verdict {
    guard let module = modules.first else { return .accept }
    let reply = VtigerReplies(form: form).reply(response, to: request)
    switch (reply.verdict, foreign) {
    case (.wait, _), (.pause, _), (.retry, _), (.suspend, _): return reply.verdict
    case (.accept, let foreign?):
      isProven = FeedPage(response.body, of: module)?.updated.contains(foreign.id) ?? false
      modules = []
    case (.accept, nil):
      foreign = newest(in: response.body)
      if foreign == nil { modules.removeFirst() }
    default: modules = []
    }
    return .accept
  }

  /// No answer is to be had.
  package mutating func giveUp() { modules = [] }

  /// The record of another user's, and of no group's, that was changed last.
  private func newest(in body: [UInt8]) -> (id: Int64, second: Int64)? {
    let rows: [Row] = Descriptions.result(in: body) ?? []
    let found = rows.first { row in
      let owner = row.assigned_user_id.split(separator: "x")
      return owner.count == 2 && owner[0] == user.prefix && row.assigned_user_id != user.id
    }
    guard let found, let id = found.id.split(separator: "x").last.flatMap({ Int64($0) }),
      let stamp = Timestamp(found.modifiedtime)
    else { return nil }
    return (id, zone.instant(ofLocal: stamp.seconds).seconds)
  }

  private struct Row: Decodable {
    let id: String
    let assigned_user_id: String
    let modifiedtime: String
  }
}
