internal import Model
internal import ReplicaFile

/// Rows that a list of what has happened names, newest first: they are asked for by their ids.
///
/// **A hint is no proof.** Nobody says what the list tells, so nothing is concluded from it: what a
/// row is its own answer says, and that one is gone is believed if another answer shows a row. What
/// the list leaves out comes with the next whole reading, as it would without.
struct HintMachine: Equatable {
  enum Stage: Equatable {
    case list, rows
    /// A row that is known to be there, as no other answered.
    case control
  }

  /// Since when it is asked what has happened.
  let since: Timestamp
  private(set) var stage = Stage.list
  /// The rows that the list names, each once.
  private(set) var named: [Int64] = []
  private var met: Set<Int64> = []
  /// The rows that are asked for and live in the file.
  private var known: Set<Int64> = []
  /// Those of them that are gone, by their own answers.
  private(set) var gone: [Int64] = []
  /// Whether an answer has shown a row.
  private(set) var isAnswered = false
  /// Ids of which neither file nor source knows a row.
  private var strangers = 0

  /// Pages of the list, and rows, that are asked for. What is beyond comes with the whole list.
  private static let pages = 10
  static let rows = 100
  /// Strangers behind which the list is one of something else.
  private static let mostStrangers = 10

  init(since: Timestamp) {
    self.since = since
  }

  /// A page has come. Returns whether another one is wanted.
  mutating func page(
    _ page: [Happening], _ number: Int, _ next: Reply.Next, size: Int
  ) -> Bool {
    // The source may not obey: the list begins with the newest all the same.
    let recent = page.filter { $0.at.map { $0 >= since } ?? true }
    for row in recent.compactMap(\.row) where met.insert(row).inserted { named.append(row) }
    let isFull = next == .more || next == .unknown && page.count >= size
    return isFull && recent.count == page.count && number < Self.pages
  }

  /// These are asked for, of which the file has those that are `known`.
  mutating func ask(_ known: Set<Int64>) {
    (stage, self.known) = (.rows, known)
  }

  /// Nobody has answered: a row that is there is asked for beside them.
  mutating func askControl() {
    stage = .control
  }

  /// A row has answered for itself, or is gone.
  mutating func answered(_ row: Int64, isGone: Bool) {
    if !isGone {
      isAnswered = true
    } else if known.contains(row) {
      gone.append(row)
    } else {
      strangers += 1
    }
  }

  /// Whether the list names no rows of the table.
  var isVain: Bool { strangers >= Self.mostStrangers && !isAnswered }
}

/// What a list of what has happened tells: the row, by its id, and when.
struct Happening: Equatable {
  var row: Int64?
  var at: Timestamp?
}
