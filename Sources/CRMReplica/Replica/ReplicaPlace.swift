internal import Glibc
internal import ReplicaFile

/// What a command works by: a configuration, or a replica alone, of which all else is as by
/// default.
enum ReplicaPlace: Sendable, Hashable {
  case configured(by: String)
  case file(String)

  /// The variable that names a configuration where the command line names nothing.
  static let variable = "CRM_REPLICA_CONFIG"
  /// Where a configuration is looked for after that.
  static let usual = ["crm-replica.json", "/etc/crm-replica/crm-replica.json"]

  /// The first configuration there is, with how it was found; nil where there is none.
  static func found(
    _ environment: [String: String], among usual: [String] = usual
  ) -> (place: ReplicaPlace, by: String)? {
    if let path = environment[variable], !path.isEmpty { return (.configured(by: path), variable) }
    // One that cannot be read is there all the same, and is complained of.
    let path = usual.first { access($0, F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno) }
    return path.map { (.configured(by: $0), "its place") }
  }

  /// What is configured, as `check` says it.
  var spoken: String {
    switch self {
    case .configured(let path): path
    case .file: "none, all is as by default"
    }
  }

  /// The words of a command line that lead here.
  var words: String {
    switch self {
    case .configured(let path): "--config \(path.asShellWord)"
    case .file(let path): "--database \(path.asShellWord)"
    }
  }

  /// The configuration, complete. What is to `ask` an account needs to be told where that is, which
  /// no file of some kinds does.
  func configuration(toAsk ask: Bool = false, absolute: Bool = false) throws -> Configuration {
    switch self {
    case .configured(let path):
      return try ConfigurationReader.load(path, names: ReplicaSettings.names, absolute: absolute)
    case .file(let path):
      var configuration = Configuration.unread
      configuration.database = absolute ? path.absolute : path
      // What is wrong with the file is told by whoever opens it for its own sake.
      if access(path, F_OK) == 0, let connection = try? Database.openReadOnly(path: path),
        let kind = try? SourceKind(of: connection)
      {
        configuration.source.kind = kind
      }
      guard !ask || configuration.source.kind.requiredKeys.isEmpty else {
        throw UnconfiguredAccount(path: path, product: configuration.source.kind.product)
      }
      return configuration
    }
  }
}

/// A replica alone does not say how its account is asked.
struct UnconfiguredAccount: OperatorError, Hashable {
  let path: String
  let product: String

  var exitCode: ExitCode { .configuration }

  var message: String {
    """
    \(path.onOneLine()) is the replica of a \(product) account, and only a configuration says \
    where that is and who reads it.
    Name one with --config.
    """
  }
}
