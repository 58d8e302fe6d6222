/// How a secret is called, and the places that may hold it.
struct SecretNames: Sendable, Hashable {
  /// As people call it.
  let word: String
  /// The key under `source` that names its file.
  let key: String
  /// The systemd credential.
  let credential: String
  /// The variable of the environment.
  let variable: String

  static let token = SecretNames(
    word: "token", key: "token_file", credential: "token", variable: "CRM_REPLICA_TOKEN")
  static let accessKey = SecretNames(
    word: "access key", key: "access_key_file", credential: "access_key",
    variable: "CRM_REPLICA_ACCESS_KEY")
  static let all = [token, accessKey]
}
