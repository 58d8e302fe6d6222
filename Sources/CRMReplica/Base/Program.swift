internal import CSignal
internal import Glibc

/// The program's name, version and purpose.
enum Program {
  static let name = "crm-replica"
  static let version = "0.1.0"
  static let userAgent = "\(name)/\(version)"
  /// What it does, as the end of a sentence that begins with its name.
  static let purpose = "keeps one SQLite file equal to one CRM account"
  /// Whether the service manager has started it, which sets INVOCATION_ID (systemd.exec(5)). A
  /// shell in a terminal may have inherited that.
  static var isService: Bool {
    getenv("INVOCATION_ID") != nil && isatty(STDERR_FILENO) == 0
  }
  /// The commit that it was built from, where the build was told.
  static var commit: String? { crm_commit().map { String(cString: $0) } }
  /// The day of this version.
  static let date = "2026-11-21"
}
