package import HTTP
package import Model

/// Asks who reads an account and, when that is due, what the account has.
package struct VtigerInterview: Interview {
  /// What is asked for beside the user.
  package enum Scope: Sendable, Hashable, Comparable {
    case user
    /// The list of modules, and descriptions of those that are new.
    case list
    /// A description of each module.
    case everything
  }

  /// What a file holds of account and user; nil what it does not.
  package struct Held: Sendable, Hashable {
    let account: String?
    let user: String?
    let userName: String?

    package init(account: String? = nil, user: String? = nil, userName: String? = nil) {
      (self.account, self.user, self.userName) = (account, user, userName)
    }
  }

  /// Who reads, as the server says it.
  private var told: VtigerUser?
  /// Whether the account is another than the one that the file holds.
  package private(set) var isForeign = false
  /// What was asked for, in the end: another user has everything described.
  package private(set) var scope: Scope
  /// Why nothing came of it, or nil.
  package private(set) var failure: TableFailure?

  private let form: VtigerForm
  private let base: BaseURL
  /// The name with which the program logs in.
  private let username: String?
  private let earlier: VtigerCatalogue?
  private let held: Held
  /// Whether the server has said who reads, or does not.
  private var isUserKnown = false
  /// The user as the first answer had it, where the file knows another one.
  private var doubted: VtigerUser?
  private var discovery: Discovery?
  /// Tables that are not replicated.
  private let disabled: Set<String>
  private var reach: IDReach?
  /// The greatest id of the modules that are not replicated, as far as that has to be known.
  package var greatestID: Int64 { reach?.greatest ?? 0 }
  private let zone: ServerZone
  private var probe: FeedProbe?

  package init(
    _ form: VtigerForm, at base: BaseURL, username: String? = nil,
    after earlier: VtigerCatalogue?, held: Held, scope: Scope, zone: ServerZone = .utc,
    disabled: Set<String> = []
  ) {
    (self.disabled, self.zone) = (disabled, zone)
    (self.form, self.base, self.username) = (form, base, username)
    (self.earlier, self.held, self.scope) = (earlier, held, scope)
  }

  /// Who reads, or nil while that is not known.
  package var user: VtigerUser? { told ?? presumed }

  /// Whether the server does not say who reads.
  package var isPresumed: Bool { told == nil && isUserKnown }

  /// Who reads where the server does not say it: the one with whose name the program logs in. Only
  /// administrators are shown the users, and the number is that which the file has beside the same
  /// name. Another name stands for its number itself.
  private var presumed: VtigerUser? {
    guard isUserKnown, let username else { return nil }
    let users = (described?.catalogue ?? earlier)?["Users"].flatMap { $0.isGone ? nil : $0 }
    let prefix = held.user?.split(separator: "x").first.map(String.init) ?? users?.idPrefix
    let id = isSameName ? held.user : nil
    return VtigerUser(
      id: id ?? "\(prefix ?? "")x\(username)", name: username, isAdministrator: users != nil)
  }

  private var isSameName: Bool {
    guard let former = held.userName, let username else { return true }
    return former.lowercased() == username.lowercased()
  }

  package var next: Request? {
    if failure != nil || isForeign { return nil }
    if !isUserKnown { return form.whoAmI }
    return discovery?.requests().first ?? reach?.next ?? probe?.next
  }

  /// Whether the account's feed of changes was found to tell of everybody's records; nil where that
  /// was not asked.
  package var isFed: Bool? { probe?.isProven }

  package mutating func take(_ response: Response, to request: Request) -> Verdict {
    defer { goOn() }
    guard isUserKnown else { return takeUser(response, request) }
    guard discovery?.requests().isEmpty ?? true else {
      return discovery?.take(response, to: request) ?? .accept
    }
    guard request == reach?.next else { return probe?.take(response, to: request) ?? .accept }
    reach?.take(response)
    return .accept
  }

  /// What is asked behind the descriptions, as soon as it is known who reads and which modules
  /// there are: how far ids go, and what the feed tells.
  private mutating func goOn() {
    guard isUserKnown, !isForeign, discovery?.requests().isEmpty ?? true,
      let catalogue = described?.catalogue ?? earlier
    else { return }
    if reach == nil { reach = IDReach(form, catalogue, user, disabled: disabled) }
    guard probe == nil, scope == .everything, let user, described != nil else { return }
    probe = FeedProbe(form, as: user, catalogue, zone: zone, disabled: disabled)
  }

  /// A user whom the file does not know counts only if two answers agree: a single one that was
  /// spoilt on its way would have all of the account read again.
  private mutating func takeUser(_ response: Response, _ request: Request) -> Verdict {
    let verdict = VtigerReplies(form: form).reply(response, to: request).verdict
    guard verdict == .accept else {
      introduce(nil)
      return verdict
    }
    guard let found = VtigerUser(in: response.body) else {
      return .retry(.unreadable(.notJSON))
    }
    if [held.user, doubted?.id].contains(found.id) {
      introduce(found)
    } else {
      doubted = found
    }
    return .accept
  }

  private mutating func introduce(_ user: VtigerUser?) {
    (told, isUserKnown) = (user, true)
    if let user = user ?? presumed {
      let account = VtigerSource.account(of: user, at: base)
      if let former = held.account, let account { isForeign = former != account }
      if let former = held.user, former != user.id { scope = .everything }
    }
    if earlier == nil { scope = .everything }
    switch scope {
    case .user: break
    case .list: discovery = Discovery(form, after: earlier, describing: [])
    case .everything: discovery = Discovery(form, after: earlier)
    }
  }

  package mutating func giveUp(_ request: Request, _ failure: TableFailure) {
    defer { goOn() }
    if request == reach?.next {
      reach?.take(nil)
    } else if isUserKnown, discovery?.requests().isEmpty ?? false {
      probe?.giveUp()
    } else if isUserKnown, discovery != nil {
      discovery?.giveUp(request, failure)
      if case .failed(let failed)? = discovery?.outcome { self.failure = failed }
    } else if isUserKnown || failure.isUnavailability {
      self.failure = failure
    } else {
      introduce(nil)
    }
  }

  /// Why the account could not be described, or not all of it; nil where it was.
  package var lapse: TableFailure? {
    if case .failed(let failed)? = discovery?.outcome { return failed }
    return failure ?? discovery?.lapse
  }

  /// What the account has, and the modules that it shows and does not describe; nil where nobody
  /// asked, or nothing came of it.
  package var described: (catalogue: VtigerCatalogue, unread: [String])? {
    guard failure == nil, case .catalogue(let catalogue, let unread)? = discovery?.outcome else {
      return nil
    }
    return (catalogue, unread)
  }

  package var obstacle: (isRefusal: Bool, sentence: String)? {
    if case .nothingShown? = discovery?.outcome { return (true, Self.nothingShown) }
    var failure = failure
    if case .failed(let failed)? = discovery?.outcome { failure = failed }
    // What the account has was said before, and may be asked for again another time.
    guard let failure, earlier == nil || failure.isUnavailability else { return nil }
    return (failure.isRefusal, failure.sentence)
  }

  static let nothingShown =
    "The server shows this user no module with records. Release 8.3 does so to everybody who is no "
    + "administrator and has not the right to view all, which is a fault of that release: read as "
    + "an administrator, or update the server. Nothing is taken for gone."
}
