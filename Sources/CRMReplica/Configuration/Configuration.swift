internal import Glibc
internal import HTTP
internal import Model
internal import ReplicaFile

/// What the operator asked for, complete with defaults and free of contradictions.
///
/// Each property holds what counts when its key is left out. `ConfigurationKey` declares the keys.
struct Configuration: Sendable, Hashable {
  /// Where the account is.
  struct Source: Sendable, Hashable {
    var kind: SourceKind
    var baseURL: BaseURL
    /// A file of authorities that are trusted beside those of the system; nil for none.
    var authorityFile: String?
    /// nil when the token comes from the systemd credential or the environment.
    var tokenFile: String?
    /// nil when a personal token is used.
    var oauth: OAuth?
    /// The user as whom the account is read, where a token does not say it.
    var username: String?
    /// nil when the access key comes from the systemd credential or the environment.
    var accessKeyFile: String?
    /// The IANA name of the zone of the server's stamps.
    var timeZone = "UTC"
    /// The form of the API that is spoken; nil lets the address decide.
    var api: APIForm?

    /// The file of authorities that counts: that of the environment where none is named, as with
    /// other programs that speak TLS by OpenSSL. libcurl leaves that to its caller.
    var authorities: String? { authorityFile ?? Self.authoritiesOfEnvironment }

    static var authoritiesOfEnvironment: String? {
      getenv("SSL_CERT_FILE").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    var address: SourceAddress {
      SourceAddress(base: baseURL, api: api, timeZone: timeZone, username: username)
    }
  }

  /// How tokens are asked for and where they are kept, in the place of a personal token.
  struct OAuth: Sendable, Hashable {
    /// What the source calls this program.
    var clientID = ""
    /// nil when the secret is the systemd credential `client_secret`.
    var clientSecretFile: String?
    /// The file in which the granted tokens are; the program writes it.
    var tokenStore = ""
  }

  /// When to sync.
  struct Schedule: Sendable, Hashable {
    var every: Duration = .seconds(24 * 3_600)
    /// nil when the rounds are tied to no time of day.
    var at: TimeOfDay?
    /// How far behind the server's clock an incremental pass begins.
    var overlap: Duration = .seconds(300)
    /// The period in which the sweep reads each row again.
    var sweepEvery: Duration = .seconds(30 * 86_400)
  }

  /// How much to ask of the source.
  struct Requests: Sendable, Hashable {
    /// Requests in flight, 1 to 8.
    var concurrency = 4
    /// Records asked for at a time, 1 to 100.
    var pageSize = 100
    /// Requests of each hour's allowance that are left to others.
    var reserve = 400
    /// Requests a round may spend on what costs one request a parent.
    var perParentBudget = 500
    /// Requests a round may spend on reading rows again; 0 switches the sweep off.
    var scrubBudget = 300
    /// Requests a round may spend on comparing keys, where no feed tells what is gone.
    var censusBudget = 300
  }

  /// When rows that a listing lacks are held back: when they are more than both.
  struct Guard: Sendable, Hashable {
    var rows = 10
    /// A share of the living rows, 0 to 1.
    var share = 0.25
  }

  /// How long changes are remembered.
  struct History: Sendable, Hashable {
    /// nil: for ever.
    var keep: Duration?
  }

  /// What the reporting views show.
  struct Reports: Sendable, Hashable {
    /// The zone of their days, an IANA name. nil: that of most people of the account.
    var timeZone: String?
  }

  /// Who is told when something is wrong, and when it is well again.
  struct Alerts: Sendable, Hashable {
    /// A program and its arguments, run without a shell; nil for none.
    var command: [String]?
    /// Where an alert is posted; nil for nowhere.
    var url: CallAddress?
    /// How long no round may be good before that is an alert; nil: for ever.
    var lateAfter: Duration?
    /// What is called behind each good round; nil for nothing.
    var pingURL: CallAddress?
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

  /// Where editors find the schema of the configuration; nil for nowhere.
  var schema: String?
  /// The path of the replica.
  var database: String
  var source: Source
  var schedule = Schedule()
  var requests = Requests()
  var deleteGuard = Guard()
  var history = History()
  var reports = Reports()
  var alerts = Alerts()
  /// Whether the file can be searched by words.
  var search = false
  /// The tables that the file names; every other one is as `Table()`.
  var tables: [String: Table] = [:]
  /// Where metrics are written after each round; nil for nowhere.
  var metricsFile: String?
  /// Where a copy without a log is put after each round that read all it may; nil for nowhere.
  var publishedCopy: String?

  /// What stands where nothing has been read yet. The keys that must stand are without meaning in
  /// it.
  static let unread = Configuration(
    database: "", source: Source(kind: .described, baseURL: standardBaseURL))

  private static let standardBaseURL: BaseURL = {
    do throws(BaseURLError) {
      return try BaseURL(SourceKind.defaultBaseURL)
    } catch {
      preconditionFailure("the source's own address is no base URL: \(error.problem)")
    }
  }()

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
