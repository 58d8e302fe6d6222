internal import Replication
internal import SQLite

/// `report`: the views of the replica, or what one of them shows. Reads the file alone.
struct ReportCommand {
  let place: ReplicaPlace
  let view: String?
  let format: ReportFormat
  /// Rows that are printed, or nil for all.
  let limit: Int?
  /// Whether the columns of the view are told, not its rows.
  let columns: Bool

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let path =
      switch place {
      case .file(let path): path
      case .configured(let config):
        try ConfigurationReader.load(config, names: ReplicaSettings.names).database
      }
    return try naming(path) {
      let connection = try Database.openReadOnly(path: path)
      do {
        return try connection.interrupting(when: { environment.stop.isAsked }) {
          try print(from: connection) {
            StandardStream.output.write($0, until: environment.stop.stopDescriptor)
          }
        }
      } catch let error as SQLiteError where error.isInterrupted {
        return .success
      }
    }
  }

  private func print(
    from connection: Connection, to write: @escaping (String) -> Bool
  ) throws -> ExitCode {
    // One moment for everything that is read; a reader neither waits for the writer nor stops it.
    try connection.run("BEGIN")
    defer { connection.rollBack() }
    let views = try ReportViews(connection)
    guard let view else {
      try format.print(views.list(), to: write)
      return .success
    }
    let name = try views.view(named: view)
    let rows = try readable(name, as: .stale) {
      try columns ? views.columns(of: name) : views.rows(of: name, limit: limit)
    }
    try readable(name, as: .failing) { try format.print(rows, to: write) }
    return .success
  }

  /// Says of an error that is the statement's own that the view is at fault.
  private func readable<Result>(
    _ view: String, as fault: UnreadableView.Fault, _ work: () throws -> Result
  ) throws -> Result {
    do {
      return try work()
    } catch let error as SQLiteError where error.isMeaningless {
      throw UnreadableView(view: view, fault: fault, reason: error.message)
    }
  }
}
