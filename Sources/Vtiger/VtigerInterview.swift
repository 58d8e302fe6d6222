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

  /// Who reads, or nil while that is not known.
  package private(set) var user: VtigerUser?
  /// Whether the account is another than the one that the file holds.
  package private(set) var isForeign = false
  /// What was asked for, in the end: another user has everything described.
  package private(set) var scope: Scope
  /// Why nothing came of it, or nil.
  package private(set) var failure: TableFailure?

  private let form: VtigerForm
  private let base: BaseURL
  private let earlier: VtigerCatalogue?
  /// What the file holds of account and user; nil where it holds nothing.
  private let held: (account: String?, user: String?)
  private var isUserKnown = false
  /// The user as the first answer had it, where the file knows another one.
  private var doubted: VtigerUser?
  private var discovery: Discovery?

  package init(
    _ form: VtigerForm, at base: BaseURL, after earlier: VtigerCatalogue?,
    held: (account: String?, user: String?), scope: Scope
  ) {
    (self.form, self.base, self.earlier, self.held) = (form, base, earlier, held)
    self.scope = scope
  }

  package var next: Request? {
    if failure != nil || isForeign { return nil }
    if !isUserKnown { return form.whoAmI }
    return discovery?.requests().first
  }

  package mutating func take(_ response: Response, to request: Request) -> Verdict {
    guard isUserKnown else { return takeUser(response, request) }
    return discovery?.take(response, to: request) ?? .accept
  }

  /// A user whom the file does not know counts only if two answers agree: a single one that was
  /// spoilt on its way would have all of the account read again.
  private mutating func takeUser(_ response: Response, _ request: Request) -> Verdict {
    let verdict = VtigerReplies(form: form).reply(response, to: request).verdict
    guard verdict == .accept else {
      // What cannot be known is not checked.
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
    (self.user, isUserKnown) = (user, true)
    if let user, let account = held.account {
      isForeign = account != VtigerSource.account(of: user, at: base)
    }
    if let user, let former = held.user, former != user.id { scope = .everything }
    if earlier == nil { scope = .everything }
    switch scope {
    case .user: break
    case .list: discovery = Discovery(form, after: earlier, describing: [])
    case .everything: discovery = Discovery(form, after: earlier)
    }
  }

  package mutating func giveUp(_ request: Request, _ failure: TableFailure) {
    if isUserKnown, discovery != nil {
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
