internal import Capsule
internal import HTTP
internal import Model
internal import ReplicaFile

/// The products whose accounts can be copied, and what the program has to know of each: the one
/// file that names them, but for the demo and the manual.
enum SourceKind: String, CaseIterable, Sendable {
  case capsule

  /// The product of what belongs to no configuration, such as the list of tables.
  static let described = SourceKind.capsule

  // MARK: What it has

  /// Every table that can be copied.
  var catalogue: [Table] {
    switch self {
    case .capsule: CapsuleSource.catalogue
    }
  }

  /// The reporting views of a replica.
  var views: [View] {
    switch self {
    case .capsule: CapsuleSource.allViews
    }
  }

  /// What the demo shows of a replica.
  var sampleReports: [SampleReport] {
    switch self {
    case .capsule: CapsuleSource.sampleReports
    }
  }

  /// The source that is asked at an address for these tables.
  func source(at base: BaseURL, tables: [Table]) -> any Source {
    switch self {
    case .capsule: CapsuleSource(base: base, tables: tables)
    }
  }

  // MARK: Who asks

  /// Where it is asked unless the configuration says otherwise.
  var defaultBaseURL: String {
    switch self {
    case .capsule: CapsuleSource.defaultBaseURL
    }
  }

  /// The smallest request that shows that a token is accepted: whose it is.
  var currentUser: Request {
    switch self {
    case .capsule: CapsuleSource.currentUser
    }
  }

  /// The name in the reply to `currentUser`, or nil when it cannot be read.
  func userName(in body: [UInt8]) -> String? {
    switch self {
    case .capsule: CapsuleSource.userName(in: body)
    }
  }

  /// Where OAuth 2 is spoken, below the origin, and what is asked for.
  var oauth: (authorisePath: String, tokenPath: String, scope: String) {
    switch self {
    case .capsule:
      (CapsuleSource.authorisePath, CapsuleSource.tokenPath, CapsuleSource.scope)
    }
  }
}
