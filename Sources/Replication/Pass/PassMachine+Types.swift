internal import Model
internal import ReplicaFile

/// What goes into a `PassMachine`, what it knows, and what comes out.
extension PassMachine {
  /// What does not change while a pass goes on.
  struct Terms: Equatable {
    var method: Table.Method
    /// The lists that make up the table, in their order.
    var scans: [Scan]
    /// Whether their pages have numbers: then rows slide between them while they are read, and a
    /// count proves that none was missed. Pages that follow one another by key show every row that
    /// lives all along.
    var isNumbered = true
    /// Whether another table reports the deletions of this one.
    var hasFeed = false
    /// Whether only an answer that shows another record proves that one is gone.
    var hasCensus = false
    /// Whether its lists, by key, show every record that is shown by its id.
    var showsAll = false
    /// Seconds that a question for changes reaches back behind the instant it is about.
    var lookback: Int64 = 0
    /// The source's clock at the last completed pass.
    var lastRunDate: Timestamp?
    /// The source's clock when the living rows were last counted, and the seconds until they are
    /// again.
    var countedAt: Timestamp?
    var countEvery: Int64 = 0
    /// Records of a full page, as the last pass over everything has seen them.
    var pageLength: Int?
    /// What former passes have learnt of the source's count, and of the length of its list.
    var countError = 0
    var lengthError = 0
  }

  /// What is read.
  enum Stage: Hashable {
    /// The lists, from the first page to the last.
    case list
    /// The list once more, until so many rows that it lacked have come.
    case search(missing: Int)
    /// What has changed since the first page of the list. The list's end is counted again behind
    /// it: always, or only if more has changed than one page shows.
    case changes(since: Timestamp, endsAlways: Bool)
    /// The newest pages once more, down to what is older than the first of them were.
    case recent(since: Timestamp)
    /// The page of this number, on which a list of the rows known ends.
    case lastPage(Int)
    /// Records by their ids: the source says itself whether they are gone.
    case records
  }

  /// What the machine waits for.
  enum State: Hashable {
    case pages
    /// The deletions of the table, and then `settle`.
    case feed
    /// A figure from the file, for what is done with it.
    case count(Purpose, Settlement)
    /// Which rows the list did not hold.
    case absent(Settlement)
    case ended
  }

  enum Purpose: Hashable {
    /// Whether a list of changes is counted by itself, or as the whole table.
    case ownTotal
    case proof
    case lastPage
  }

  /// What the file says when the deletions of the table have been read.
  struct Settlement: Hashable {
    /// Whether they were read behind all that this pass has read.
    var isFeedRead = false
    /// Whether the source forbids them.
    var isFeedForbidden = false
    /// Rows that were reported deleted since the list began.
    var reportedDeleted = 0
    /// Questions for records that only their own answer tells of: list and feed disagree about
    /// them, or a former pass could not store them and the list does not show them any more.
    var doubtful: [Scan] = []
  }

  /// A figure that the file has.
  enum Measure: Hashable {
    /// Different records that the list has delivered.
    case delivered
    /// Records that became rows in this pass: all there are, as the table was empty.
    case inserted
    /// Rows that live and that the list did not lack, records without a row included.
    case living
    /// The same, with the records without a row that the last full pass has met.
    case census
    /// Rows that live.
    case rows
  }

  /// What is to be done now.
  enum Action: Hashable {
    /// Wait for the table's deletions. Behind the list itself, first note what it did not hold.
    case awaitFeed(listIsRead: Bool)
    /// Ask for these as well.
    case ask([Scan])
    /// Drop what is on its way and ask for these from their first page; `forgets` says that nothing
    /// is known any more of what was delivered.
    case startOver([Scan], forgets: Bool)
    /// Answer with `counted`.
    case count(Measure)
    /// Answer with `absent`, with so many questions at the most.
    case listAbsent(Int)
    /// Complete the pass.
    case conclude(isCounted: Bool, isAged: Bool)
    /// Complete the pass and begin one over everything: the source has so many rows more than are
    /// known, or fewer, and nothing tells which; or it cannot tell what has changed.
    case readEverything(difference: Int)
    /// The table cannot be called complete in this run.
    case giveUp(TableFailure.Kind)
  }
}
