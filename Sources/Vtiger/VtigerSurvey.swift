package import HTTP
package import Model

/// What `check` asks beside who reads: which modules there are, when one of their records was
/// changed last, by the server's stamps, and whether a feed tells what changes.
package struct VtigerSurvey: Survey {
  private let form: VtigerForm
  private let zone: ServerZone
  private let user: VtigerUser
  private var modules: [Descriptions.Listed]?
  /// Modules whose newest record is still to be asked for.
  private var open: [String] = []
  private var newest: Timestamp?
  private var probe: FeedProbe?
  /// By how much the newest stamp lies ahead of the server's clock, in seconds.
  private var ahead: Int64 = 0

  /// Where somebody works on most days.
  private static let lively = ["Contacts", "Accounts", "Events", "Potentials"]
  /// A stamp that lies further ahead is one of another zone.
  private static let tolerance: Int64 = 60
  /// No two zones are further apart.
  private static let farthestZone: Int64 = 26 * 3_600

  package init(_ form: VtigerForm, as user: VtigerUser, zone: ServerZone) {
    (self.form, self.user, self.zone) = (form, user, zone)
  }

  package var next: Request? {
    guard modules != nil else { return form.listTypes }
    return open.first.map(newest(of:)) ?? probe?.next
  }

  private func newest(of module: String) -> Request {
    form.request(
      "query",
      [("query", "SELECT modifiedtime FROM \(module) ORDER BY modifiedtime DESC LIMIT 1;")])
  }

  package mutating func take(_ response: Response, to request: Request) -> Verdict {
    let reply = VtigerReplies(form: form).reply(response, to: request)
    guard modules == nil else {
      if open.isEmpty {
        // Who asks once takes what is not answered at once for an answer that is not to be had.
        if probe?.take(response, to: request) != .accept { probe?.giveUp() }
        return .accept
      }
      open.removeFirst()
      if reply.verdict == .accept { note(response, date: reply.date) }
      return .accept
    }
    guard reply.verdict == .accept else { return reply.verdict }
    guard let found = Descriptions.modules(in: response.body) else {
      return .retry(.unreadable(.notJSON))
    }
    modules = found
    let shown = found.filter(\.isEntity).map(\.name)
    open = Self.lively.filter(shown.contains)
    probe = FeedProbe(form, as: user, among: shown, zone: zone)
    return .accept
  }

  private mutating func note(_ response: Response, date: Timestamp?) {
    let rows: [Stamped]? = Descriptions.result(in: response.body)
    guard let text = rows?.first?.modifiedtime, let shown = Timestamp(text) else { return }
    let stamp = zone.instant(ofLocal: shown.seconds)
    newest = max(stamp, newest ?? stamp)
    if let date { ahead = max(ahead, stamp - date) }
  }

  private struct Stamped: Decodable {
    let modifiedtime: String?
  }

  package var obstacle: (isRefusal: Bool, sentence: String)? {
    guard let modules, !modules.contains(where: \.isEntity) else { return nil }
    return (true, VtigerInterview.nothingShown)
  }

  package var lines: [SurveyLine] {
    var lines = [
      SurveyLine(
        "user",
        user.isAdministrator
          ? "an administrator, who sees everything"
          : "no administrator: what other people's rights hide is not copied, nor are users")
    ]
    if let release = user.release {
      lines.append(SurveyLine("release", "Vtiger \(release)"))
    }
    if let modules {
      let names = modules.map(\.name).sorted()
      lines.append(
        SurveyLine("modules", "\(names.count): \(names.joined(separator: ", "))"))
    }
    if let probe { lines.append(SurveyLine("changes", Self.sentence(on: probe.finding))) }
    if ahead > Self.farthestZone, let newest {
      lines.append(
        SurveyLine(
          "clock",
          "a record bears the instant \(newest.iso8601), further ahead than any zone is: nothing "
            + "is told by it"))
    } else if ahead > Self.tolerance {
      lines.append(
        SurveyLine(
          "clock",
          "the newest record was changed \(ahead) seconds ahead of the server's clock: let "
            + "\"time_zone\" name the zone in which the server writes its instants",
          isFailure: true))
    } else if let newest {
      lines.append(
        SurveyLine("clock", "the newest record was changed at \(newest.iso8601)"))
    }
    return lines
  }

  /// How it is asked what has changed, and why so.
  private static func sentence(on finding: FeedProbe.Finding) -> String {
    let byTime = "lists are asked for what was changed since, and their ids are compared: "
    return switch finding {
    case .proven: "the account's feed of changes (sync) is used, it tells of everybody's records"
    case .refused: byTime + "the server refuses the feed of changes (sync)"
    case .unproven:
      byTime + "the feed of changes (sync) has named no record of another user's, so that nothing "
        + "proves that it tells of everybody's"
    case .withheld:
      byTime + "only administrators are told of everybody's records by the feed of changes (sync)"
    }
  }
}
