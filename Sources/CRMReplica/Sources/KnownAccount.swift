internal import Model
internal import ReplicaFile
internal import SQLite
internal import Vtiger

/// What is known of an account that its kind does not declare.
struct KnownAccount: Sendable {
  private var catalogue: VtigerCatalogue?
  private var user: VtigerUser?
  /// Whether the user was asked for in this run.
  private var isIntroduced = false
  /// The greatest id of the modules that are not replicated, where it was asked for.
  private var greatestID: Int64 = 0
  /// Whether records have shown members that no description names, and nobody has asked since.
  private var hasUnknownKeys = false
  /// When the account was asked, and by whom.
  private var note: DiscoveryStore.Note?
  /// What the file holds of account and user.
  private var held = VtigerInterview.Held()

  static let nothing = KnownAccount()

  private init() {}

  /// Whether anything is known of its tables.
  var isKnown: Bool { catalogue != nil }

  var tables: [Table] {
    (catalogue ?? VtigerCatalogue([])).tables(isAdministrator: user?.isAdministrator ?? false)
  }

  /// Tables that this user may not read, and why.
  var withheld: [(table: String, reason: String)] {
    guard let user, let catalogue else { return [] }
    var withheld = catalogue.withoutLines.compactMap { module in
      module.tableName.map {
        (table: "\($0)_line_items", reason: "the server shows this user no lines of documents")
      }
    }
    if !user.isAdministrator {
      // The module may be hidden, too.
      let table = catalogue["Users"]?.tableName ?? "users"
      withheld.append((table, "only administrators may read it"))
    }
    return withheld
  }

  /// What one record of a table is called in the account, by the table's name.
  var singulars: [String: String] {
    (catalogue?.modules ?? []).reduce(into: [:]) { names, module in
      if let table = module.tableName { names[table] = module.singular }
    }
  }

  func source(at address: SourceAddress) -> any Source {
    VtigerSource(
      base: address.form.endpoint(of: address.base), form: address.form,
      catalogue: catalogue ?? VtigerCatalogue([]), user: user, isIntroduced: isIntroduced,
      zone: address.zone, isFed: note?.isFed ?? false, greatestID: greatestID)
  }

  // MARK: What a file knows

  /// What the file knows of an account whose tables its kind does not declare.
  init(_ kind: SourceKind, in connection: Connection) throws {
    guard !kind.declaresTables else { return }
    let store = DiscoveryStore(connection)
    let rows = try VtigerCatalogue.storedColumns.reduce(into: [:]) { rows, table in
      rows[table.key] = try store.rows(of: table.key, table.value)
    }
    catalogue = VtigerCatalogue(
      modules: rows["modules"] ?? [], fields: rows["module_fields"] ?? [],
      values: rows["picklist_values"] ?? [])
    note = try store.last()
    hasUnknownKeys = try !UnknownKeys(connection).tables().isEmpty
    let (account, user, name) = try AccountStore(connection).held()
    held = .init(account: account.text, user: user.text, userName: name.text)
    // What a user may read is not known before the account has been described.
    self.user = note.flatMap { note in
      user.text.map { VtigerUser(id: $0, isAdministrator: note.isAdministrator) }
    }
  }

  // MARK: What the account is asked

  /// What has to be asked before a round, or nil where everything is declared. `isWhole` has the
  /// account describe everything whether that is due or not, nil has it asked nothing but who
  /// reads. `disabled` are the tables that are not replicated.
  func interview(
    _ kind: SourceKind, at address: SourceAddress, isWhole: Bool?, disabled: Set<String>,
    now: Timestamp
  ) -> VtigerInterview? {
    if kind.declaresTables { return nil }
    return VtigerInterview(
      address.form, at: address.base, username: address.username, after: catalogue, held: held,
      scope: isWhole.map { $0 ? .everything : scope(at: now) } ?? .user, zone: address.zone,
      disabled: disabled)
  }

  /// What is due. An hour is allowed for, so that rounds at the same time of each day keep to it.
  private func scope(at now: Timestamp) -> VtigerInterview.Scope {
    func isDue(_ last: Timestamp?, every days: Int64) -> Bool {
      guard let last, catalogue != nil, last <= now else { return true }
      return now - last >= days * 86_400 - 3_600
    }
    if hasUnknownKeys || isDue(note?.describedAt, every: 7) { return .everything }
    return isDue(note?.listedAt, every: 1) ? .list : .user
  }

  /// Takes what came of an interview, and says what is new in it.
  mutating func take(_ interview: VtigerInterview, at now: Timestamp) -> AccountNews {
    var news = AccountNews()
    if let found = interview.user { (user, isIntroduced) = (found, true) }
    greatestID = interview.greatestID
    if interview.isForeign { return news }
    news.failure = interview.lapse?.sentence
    guard let described = interview.described else { return news }
    let former = catalogue
    catalogue = described.catalogue
    (news.isDescribed, news.unread) = (true, described.unread)
    news.presumedUser = interview.isPresumed ? interview.user?.name : nil
    // What was left out is asked for in the next run.
    let asked = news.failure == nil ? now : Timestamp(0)
    note = DiscoveryStore.Note(
      listedAt: asked,
      describedAt: interview.scope == .everything ? asked : note?.describedAt ?? asked,
      isAdministrator: user?.isAdministrator ?? false,
      isFed: interview.isFed ?? note?.isFed ?? false)
    guard let former else {
      news.isFirst = true
      return news
    }
    news.reread = described.catalogue.withLines(since: former).compactMap(\.tableName)
    for module in described.catalogue.modules {
      let before = former[module.name]
      if module.isGone, before?.isGone == false { news.lost.append(module.name) }
      if !module.isGone, before?.isGone != false { news.found.append(module.name) }
      for field in module.fields where field.isGone && !module.isGone {
        let was = before?.fields.first { $0.name == field.name }
        if was?.isGone == false { news.lost.append("\(module.name).\(field.name)") }
      }
    }
    return news
  }

  /// A table is refused that the run before could read. That may be a field that has gone, and that
  /// is asked for by its name: the next run has everything described.
  mutating func doubt(in connection: Connection) throws {
    guard var note else { return }
    note.describedAt = Timestamp(0)
    self.note = note
    try DiscoveryStore(connection).note(note)
  }

  /// Notes in a file whose tables say what the account has when that was asked.
  func keep(in connection: Connection) throws {
    guard let note else { return }
    try DiscoveryStore(connection).note(note)
    guard note.describedAt == note.listedAt else { return }
    try UnknownKeys(connection).settle()
    try Uncounted(connection).forget()
  }

  /// The tables that say what the account has.
  static let ownTables = Set(VtigerCatalogue.ownTables.map(\.name))
}

extension SourceKind {
  /// The kind of the account that a replica holds.
  init(of connection: Connection) throws {
    self = try DiscoveryStore(connection).last() == nil ? .capsule : .vtiger
  }
}

/// What an account has said that a file did not know.
struct AccountNews {
  /// Whether the account said what it has.
  var isDescribed = false
  /// Whether it did so for the first time.
  var isFirst = false
  /// Modules and fields that are not shown any more.
  var lost: [String] = []
  /// Modules that are new.
  var found: [String] = []
  /// Tables whose records show what they did not before.
  var reread: [String] = []
  /// Modules that are shown, and that this user may not read.
  var unread: [String] = []
  /// Who is taken for the user, where the server does not say who reads.
  var presumedUser: String?
  /// Why nothing came of the questions, a sentence.
  var failure: String?
}
