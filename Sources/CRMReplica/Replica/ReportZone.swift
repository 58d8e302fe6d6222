internal import ReplicaFile
internal import SQLite

/// The zone of every day in the reports, and who chose it.
struct ReportZone: Encodable {
  enum Origin: String, Encodable {
    case configuration
    /// Most active users of the account have set it.
    case users
    /// Nobody has chosen one.
    case none
  }

  let timeZone: String
  let from: Origin

  /// What the configuration says, else the people in the file.
  init(_ configuration: Configuration, in connection: Connection) throws {
    if let name = configuration.reports.timeZone {
      (timeZone, from) = (name, .configuration)
      return
    }
    let name = try ReportClock(connection).zonesOfPeople().first { ZoneFile(named: $0) != nil }
    (timeZone, from) = (name ?? "UTC", name == nil ? .none : .users)
  }

  /// Has the views of the file use it. Returns whether they used another one.
  func store(in connection: Connection) throws -> Bool {
    let offsets = (ZoneFile(named: timeZone) ?? .utc).offsets
    return try ReportClock(connection).set(offsets.map { ($0.from, $0.seconds) })
  }

  var sentence: String {
    switch from {
    case .configuration: "\(timeZone), as configured."
    case .users: "\(timeZone), which most active users have set."
    case .none: "UTC, as no user has set another one."
    }
  }
}
