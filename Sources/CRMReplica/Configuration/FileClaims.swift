internal import Glibc

/// The files that a configuration has the program read and write, by the key that names them.
///
/// A file that is written for one key may not be a file of another: the copy of a replica would
/// take the place of a database, or of the configuration.
struct FileClaims {
  private struct Claim {
    /// The key, or nil for the configuration itself.
    let key: String?
    let paths: Set<String>
    let isWritten: Bool
  }

  private let claims: [Claim]

  init(_ configuration: Configuration, file: String) {
    let database = Self.family(of: configuration.database)
    var claims = [
      Claim(key: "database", paths: database, isWritten: true),
      Claim(key: nil, paths: [Self.resolved(file)], isWritten: false),
    ]
    func add(_ key: String, _ path: String?, written names: (String) -> Set<String>) {
      guard let path else { return }
      claims.append(Claim(key: key, paths: names(path), isWritten: true))
    }
    func add(_ key: String, read path: String?) {
      guard let path else { return }
      claims.append(Claim(key: key, paths: [Self.resolved(path)], isWritten: false))
    }
    let source = configuration.source
    add("metrics_file", configuration.metricsFile) { Self.names($0, ["", ".new"]) }
    add("published_copy", configuration.publishedCopy) {
      Self.names($0, ["", "-wal", "-shm", "-journal"])
        .union(Self.names(Self.aside(ofCopy: $0), ["", "-wal", "-shm", "-journal"]))
    }
    add("source.token_file", read: source.tokenFile)
    add("source.access_key_file", read: source.accessKeyFile)
    add("source.oauth.client_secret_file", read: source.oauth?.clientSecretFile)
    add("source.oauth.token_store", source.oauth?.tokenStore) {
      Self.names($0, ["", ".new", ".lock"])
    }
    self.claims = claims
  }

  /// What is wrong, a sentence each. No path stands in it: it may be a secret in the wrong place.
  var complaints: [String] {
    claims.indices.flatMap { index in
      claims[..<index].compactMap { other in Self.complaint(claims[index], other) }
    }
  }

  private static func complaint(_ claim: Claim, _ other: Claim) -> String? {
    guard claim.isWritten || other.isWritten, !claim.paths.isDisjoint(with: other.paths) else {
      return nil
    }
    let (writer, victim) = claim.isWritten ? (claim, other) : (other, claim)
    let name = victim.key.map { "a file of \"\($0)\"" } ?? "this configuration"
    return "\"\(writer.key ?? "")\" would be written over \(name); name another file"
  }

  /// The name under which a published copy is made, in the folder of the file whose place it takes.
  static func aside(ofCopy path: String) -> String { path + ".crm-replica-new" }

  /// A database with everything that SQLite and this program put beside it.
  private static func family(of path: String) -> Set<String> {
    names(path, ["", "-wal", "-shm", "-journal", ".lock"])
      .union(names(path + ".verify", ["", "-wal", "-shm", "-journal", ".lock"]))
  }

  private static func names(_ path: String, _ endings: [String]) -> Set<String> {
    let path = resolved(path)
    return Set(endings.map { path + $0 })
  }

  /// The path with its folder spelt in one way, as far as that exists (realpath(3)).
  private static func resolved(_ path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard let name = parts.last, let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return resolved(folder: ".", path)
    }
    return resolved(folder: String(path[..<end]) + "/", String(name))
  }

  private static func resolved(folder: String, _ name: String) -> String {
    guard let found = realpath(folder, nil) else {
      return (folder == "." ? "" : folder) + name
    }
    defer { free(found) }
    let folder = String(cString: found)
    return folder == "/" ? "/" + name : folder + "/" + name
  }
}
