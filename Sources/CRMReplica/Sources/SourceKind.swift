internal import Capsule
internal import HTTP
internal import Model
internal import Vtiger

/// The products whose accounts can be copied, and what the program has to know of each: the one
/// folder that names them, but for the demo and the manual.
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

  /// Where a user of the product finds it.
  var secretPlace: String {
    switch self {
    case .capsule: "My Preferences > API Authentication Tokens"
    case .vtiger: "My Preferences"
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

  var form: VtigerForm {
    switch api {
    case .rest: .rest
    case .session: .session
    case nil: VtigerForm(of: base)
    }
  }

  var zone: ServerZone {
    ServerZone(
      (ZoneFile(named: timeZone) ?? .utc).offsets.map { .init(from: $0.from, seconds: $0.seconds) })
  }
}
