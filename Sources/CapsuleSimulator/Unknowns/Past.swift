/// The records of an account as they were a short while ago.
struct Past {
  /// How old an answer may be, in seconds.
  static let longest: Int64 = 60

  private(set) var time: Int64
  private var parties: Shelf<Party>
  private var opportunities: Shelf<Opportunity>
  private var kases: Shelf<Kase>
  private var tasks: Shelf<TodoTask>
  private var entries: Shelf<Entry>

  init(of account: Account) {
    time = account.now
    parties = account.parties
    opportunities = account.opportunities
    kases = account.kases
    tasks = account.tasks
    entries = account.entries
  }

  /// Exchanges the records of this state and the account's. Twice is nothing.
  mutating func exchange(with account: Account) {
    swap(&parties, &account.parties)
    swap(&opportunities, &account.opportunities)
    swap(&kases, &account.kases)
    swap(&tasks, &account.tasks)
    swap(&entries, &account.entries)
  }
}
