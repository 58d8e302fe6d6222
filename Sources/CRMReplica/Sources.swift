internal import Capsule
internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite
internal import Vtiger

/// The products whose accounts can be copied, and what the program has to know of each: the one
/// file that names them, but for the demo and the manual.
enum SourceKind: String, CaseIterable, Sendable {
  case capsule, vtiger

  /// The product of what belongs to no configuration, such as the list of tables.
  static let described = SourceKind.capsule

  // MARK: What is configured

  /// The keys of the configuration that not every kind has, by their paths.
  var ownKeys: Set<String> {
    switch self {
    case .capsule: ["source.token_file", "source.oauth"]
    case .vtiger:
      [
        "source.username", "source.access_key_file", "source.time_zone", "source.api",
        "requests.census_budget",
      ]
    }
  }

  /// The keys that must stand for this kind, by their paths, and what each is for.
  var requiredKeys: [(path: String, purpose: String)] {
    switch self {
    case .capsule: []
    case .vtiger:
      [
        ("source.base_url", "says where the account is"),
        ("source.username", "names the user as whom the account is read"),
      ]
    }
  }

  /// The kinds that have a key, by its path, where not all do.
  static func owners(ofKey path: String) -> [SourceKind]? {
    let owners = allCases.filter { kind in
      kind.ownKeys.contains { path == $0 || path.hasPrefix("\($0).") }
    }
    return owners.isEmpty ? nil : owners
  }

  /// Keys that only other kinds have, by their paths.
  var foreignKeys: Set<String> {
    Self.allCases.reduce(into: Set()) { $0.formUnion($1.ownKeys) }.subtracting(ownKeys)
  }

  /// What lets requests in, as the configuration and people call it.
  var secretNames: SecretNames {
    switch self {
    case .capsule: .token
    case .vtiger: .accessKey
    }
  }

  /// What requests carry.
  func authorisation(_ secret: Token, user: String?) -> Authorisation {
    switch self {
    case .capsule: .bearer(secret)
    case .vtiger: .basic(user: user ?? "", key: secret)
    }
  }

  // MARK: What it has

  /// Whether every account has the same tables; else only the account says which it has.
  var declaresTables: Bool {
    switch self {
    case .capsule: true
    case .vtiger: false
    }
  }

  /// Every table that can be copied, as far as the account is known.
  func catalogue(_ known: KnownAccount = .nothing) -> [Table] {
    switch self {
    case .capsule: CapsuleSource.catalogue
    case .vtiger: known.tables
    }
  }

  /// The reporting views of a replica.
  var views: [View] {
    switch self {
    case .capsule: CapsuleSource.allViews
    case .vtiger: VtigerSource.allViews
    }
  }

  /// As people call the product.
  var product: String {
    switch self {
    case .capsule: "Capsule"
    case .vtiger: "Vtiger"
    }
  }

  /// A view that shows something of any account, as `report` calls it.
  var sampleView: String {
    switch self {
    case .capsule: "win_rate"
    case .vtiger: "sync_freshness"
    }
  }

  /// What the demo shows of a replica.
  var sampleReports: [SampleReport] {
    switch self {
    case .capsule: CapsuleSource.sampleReports
    case .vtiger: VtigerSource.sampleReports
    }
  }

  /// The source that is asked at an address for these tables.
  func source(
    at address: SourceAddress, tables: [Table], _ known: KnownAccount = .nothing
  ) -> any Source {
    switch self {
    case .capsule: CapsuleSource(base: address.base, tables: tables)
    case .vtiger: known.source(at: address)
    }
  }

  /// What opens sessions in front of a way to the account, so many of them; nil where each request
  /// carries the credential.
  func sessions(
    at address: SourceAddress, _ authorisation: Authorisation
  ) -> ((any Transport, Int) -> any Transport)? {
    guard self == .vtiger, address.form == .session,
      case .basic(let user, let key) = authorisation
    else { return nil }
    return { SessionTransport($0, user: user, accessKey: key, sessions: $1) }
  }

  // MARK: Who asks

  /// Where it is asked unless the configuration says otherwise.
  static let defaultBaseURL = CapsuleSource.defaultBaseURL

  /// The address below which every request goes.
  func endpoint(of address: SourceAddress) -> BaseURL {
    switch self {
    case .capsule: address.base
    case .vtiger: address.form.endpoint(of: address.base)
    }
  }

  /// The smallest request that shows that a token is accepted: whose it is.
  func currentUser(at address: SourceAddress) -> Request {
    switch self {
    case .capsule: CapsuleSource.currentUser
    case .vtiger: address.form.whoAmI
    }
  }

  /// The name in the reply to `currentUser`, or nil when it cannot be read.
  func userName(in body: [UInt8]) -> String? {
    switch self {
    case .capsule: CapsuleSource.userName(in: body)
    case .vtiger: VtigerUser(in: body).map { $0.name ?? $0.id }
    }
  }

  /// What `check` asks beside who reads, whose name stands in `body`; nil where that is all.
  func survey(at address: SourceAddress, user body: [UInt8]) -> (any Survey)? {
    switch self {
    case .capsule: nil
    case .vtiger:
      VtigerUser(in: body).map { VtigerSurvey(address.form, as: $0, zone: address.zone) }
    }
  }

  /// Where OAuth 2 is spoken, below the origin, and what is asked for.
  var oauth: (authorisePath: String, tokenPath: String, scope: String) {
    switch self {
    case .capsule:
      (CapsuleSource.authorisePath, CapsuleSource.tokenPath, CapsuleSource.scope)
    // No configuration of this kind has the key.
    case .vtiger: ("", "", "")
    }
  }
}

/// The form of an API that has several.
enum APIForm: String, CaseIterable, Sendable {
  case rest, session
}

/// What a configuration says of where the account is, as its source has to know it.
struct SourceAddress: Sendable, Hashable {
  let base: BaseURL
  var api: APIForm?
  /// The IANA name of the zone of the server's stamps.
  var timeZone = "UTC"
  /// The user as whom the account is read, where a token does not say it.
  var username: String?

  fileprivate var form: VtigerForm {
    switch api {
    case .rest: .rest
    case .session: .session
    case nil: VtigerForm(of: base)
    }
  }

  fileprivate var zone: ServerZone {
    ServerZone(
      (ZoneFile(named: timeZone) ?? .utc).offsets.map { .init(from: $0.from, seconds: $0.seconds) })
  }
}

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

  fileprivate var tables: [Table] {
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

  fileprivate func source(at address: SourceAddress) -> any Source {
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
    self.user = user.text.map {
      VtigerUser(id: $0, isAdministrator: note?.isAdministrator ?? false)
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
  /// Modules that are shown, and that this user may not read.
  var unread: [String] = []
  /// Who is taken for the user, where the server does not say who reads.
  var presumedUser: String?
  /// Why nothing came of the questions, a sentence.
  var failure: String?
}
