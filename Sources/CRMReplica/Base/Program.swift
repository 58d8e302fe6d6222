/// The program's name, version and purpose.
enum Program {
  static let name = "crm-replica"
  static let version = "0.1.0"
  static let userAgent = "\(name)/\(version)"
  /// What it does, as the end of a sentence that begins with its name.
  static let purpose = "keeps one SQLite file equal to one CRM account"
  /// The day of this version.
  static let date = "2026-11-21"
}
