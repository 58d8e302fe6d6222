package import Simulation

/// One Capsule account in memory, as one token sees it.
///
/// A plain class for one thread at a time. Two accounts of the same seed, size and clock answer the
/// same requests with the same bytes. It survives nothing: there is no file behind it.
package final class Account {
  /// The server's clock in seconds since 1970, moved by whoever owns the account.
  package var now: Int64 { didSet { lag.now = now } }
  /// How the unknowns of the API are decided.
  package var switches: Switches {
    didSet {
      version &+= 1
      lag.delay = switches.visibilityDelay
      listings.forget()
    }
  }
  /// Trouble that is still to come.
  package var faults = FaultScript()
  /// The bearer token that is accepted.
  package var token = "simulated-token"
  /// Grants tokens by OAuth 2, which are accepted as well.
  package var oauth = OAuthAuthority()
  /// What `Link` addresses begin with.
  package var baseURL = "https://api.capsulecrm.com\(Account.basePath)"
  /// What tells the account from others.
  package var subdomain = "sample"
  /// The user whose token it is; nil for the first.
  package var currentUser: Int64?
  /// The hourly allowance.
  package var rate = Account.allowance
  /// Called before a request is answered, with its number counted from 1.
  package var beforeRequest: ((Account, Int) -> Void)?
  /// Edits that fall between requests. They come before `beforeRequest`, which they leave alone.
  package var churns: [Churn<Account>] = []
  /// How many answered requests the log keeps, oldest first.
  package var logLimit = 100_000
  /// The requests answered so far.
  package internal(set) var log: [LoggedRequest] = []
  /// How many requests have arrived.
  package internal(set) var requestCount = 0

  /// Counts changes, so that listings computed before one are not used after it.
  private(set) var version: UInt64 = 0

  let seed: UInt64
  var generator: SplitMix64
  var lastIDs: [String: Int64] = [:]
  var listings = ListingCache()
  /// What stale answers are taken from.
  var past: Past?
  private let lag: Lag

  var parties: Shelf<Party> { didSet { version &+= 1 } }
  var opportunities: Shelf<Opportunity> { didSet { version &+= 1 } }
  var kases: Shelf<Kase> { didSet { version &+= 1 } }
  var tasks: Shelf<TodoTask> { didSet { version &+= 1 } }
  var entries: Shelf<Entry> { didSet { version &+= 1 } }
  var tracks = Shelf<Track>() { didSet { version &+= 1 } }
  var users = Shelf<User>() { didSet { version &+= 1 } }
  var teams = Shelf<Team>() { didSet { version &+= 1 } }
  var pipelines = Shelf<Lane>() { didSet { version &+= 1 } }
  var milestones = Shelf<Milestone>() { didSet { version &+= 1 } }
  var boards = Shelf<Lane>() { didSet { version &+= 1 } }
  var stages = Shelf<Stage>() { didSet { version &+= 1 } }
  var lostReasons = Shelf<LostReason>() { didSet { version &+= 1 } }
  var categories = Shelf<Category>() { didSet { version &+= 1 } }
  var activityTypes = Shelf<ActivityType>() { didSet { version &+= 1 } }
  var titles = Shelf<Title>() { didSet { version &+= 1 } }
  var goals = Shelf<Goal>() { didSet { version &+= 1 } }
  var restHooks = Shelf<RestHook>() { didSet { version &+= 1 } }
  var trackDefinitions = Shelf<TrackDefinition>() { didSet { version &+= 1 } }
  var definitions: [Entity: Shelf<Definition>] = [:] { didSet { version &+= 1 } }
  var tags: [Entity: Shelf<Tag>] = [:] { didSet { version &+= 1 } }
  /// What has happened to entries, oldest first.
  var activities: [Activity] = []
  /// The name of the account, by which a copy of a simulated one is known.
  package static let siteName = "Sample Trading"
  /// A user's requests in an hour. Source: developer.capsulecrm.com, v2, "Handling API responses".
  package static let allowance = RateLimit(limit: 4_000, window: 3_600)
  /// Every organisation ever made, so that people find an employer quickly.
  var organisationIDs: [Int64] = []

  /// Rows that records name and their lists do not show, by the key of the list.
  var unlisted: [String: Set<Int64>] = [:] { didSet { version &+= 1 } }

  /// The deleted feeds, in the order of the deletions.
  var deletions: [Entity: [Deletion]] = [:] { didSet { version &+= 1 } }
  /// Deleted records as they last were, so that they can come back.
  var buried = Graveyard()

  /// Makes an account.
  ///
  /// - Parameters:
  ///   - seed: what everything random comes from.
  ///   - size: how many records.
  ///   - now: the server's clock in seconds since 1970; all records are older.
  ///   - switches: how the unknowns are decided, also while the records are made.
  package init(
    seed: UInt64, size: AccountSize, now: Int64, switches: Switches = Switches()
  ) {
    self.seed = seed
    self.now = now
    self.switches = switches
    generator = SplitMix64(seed: seed)
    let lag = Lag()
    self.lag = lag
    parties = Shelf(lag: lag)
    opportunities = Shelf(lag: lag)
    kases = Shelf(lag: lag)
    tasks = Shelf(lag: lag)
    entries = Shelf(lag: lag)
    populate(size)
    // The first records are old: they are seen at once.
    lag.now = now
    lag.delay = switches.visibilityDelay
  }

  /// The next id of a sequence. Sequences are separate, so ids of different resources coincide.
  func nextID(_ sequence: String) -> Int64 {
    let last = lastIDs[sequence, default: 1_000]
    let next = last + 1 + Int64(generator.next() % 3)
    lastIDs[sequence] = next
    guard switches.usesLargeIDs, generator.chance(20) else { return next }
    return next + 9_007_199_254_740_992
  }
}

/// An element of a deleted feed.
struct Deletion {
  let id: Int64
  let deletedAt: Int64
}

/// Deleted records by id.
struct Graveyard {
  var parties: [Int64: Party] = [:]
  var opportunities: [Int64: Opportunity] = [:]
  var kases: [Int64: Kase] = [:]
}
