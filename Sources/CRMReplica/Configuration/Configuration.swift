internal import HTTP

/// What the operator asked for, complete with defaults and free of contradictions.
struct Configuration: Sendable, Hashable {
  /// Where the account is.
  struct Source: Sendable, Hashable {
    /// The products that can be copied.
    enum Kind: String, CaseIterable, Sendable {
      case capsule
    }

    let kind: Kind
    let baseURL: BaseURL
    /// nil when the token comes from the systemd credential or the environment.
    let tokenFile: String?
  }

  /// When to sync.
  struct Schedule: Sendable, Hashable {
    let every: Duration
    /// nil when the rounds are tied to no time of day.
    let at: TimeOfDay?
    /// How far behind the server's clock an incremental pass begins.
    let overlap: Duration
    /// The period in which the sweep reads each row again.
    let sweepEvery: Duration
  }

  /// How much to ask of the source.
  struct Requests: Sendable, Hashable {
    /// Requests in flight, 1 to 8.
    let concurrency: Int
    /// Records asked for at a time, 1 to 100.
    let pageSize: Int
    /// Requests of each hour's allowance that are left to others.
    let reserve: Int
    /// Requests a round may spend on what costs one request a parent.
    let perParentBudget: Int
    /// Requests a round may spend on reading rows again; 0 switches the sweep off.
    let sweepBudget: Int
  }

  /// When rows that a listing lacks are held back: when they are more than both.
  struct Guard: Sendable, Hashable {
    let rows: Int
    /// A share of the living rows, 0 to 1.
    let share: Double
  }

  /// What differs for one table.
  struct Table: Sendable, Hashable {
    var isEnabled = true
    /// nil: as `schedule.every` says.
    var every: Duration?
    /// How often the whole list is read again; nil: as the table itself says.
    var fullEvery: Duration?
    var excludedColumns: Set<String> = []
  }

  /// The path of the replica.
  let database: String
  let source: Source
  let schedule: Schedule
  let requests: Requests
  let deleteGuard: Guard
  /// The tables that the file names; every other one is as `Table()`.
  let tables: [String: Table]

  /// The settings of a table.
  func table(_ name: String) -> Table {
    tables[name] ?? Table()
  }
}

/// What the source declares and a configuration may refer to.
struct TableNames: Sendable {
  /// The columns of every table.
  var columns: [String: Set<String>]
  /// The columns of a table that cannot be left out, such as its key.
  var requiredColumns: [String: Set<String>] = [:]
  /// The tables that a table cannot be read without.
  var dependencies: [String: [String]] = [:]
}
