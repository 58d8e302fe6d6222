/// What is known of the rows that a list lacks.
///
/// **A row is gone when the list lacks it and its own answer says so.** What a list lacks is asked
/// for by id where it is little. Where it is more, the list is read again; what two readings lack
/// is believed if the count agrees with them, and otherwise as many as can be are asked for: the
/// others are then taken for what those are. A row that shows itself was hidden. Some row that was
/// counted has gone in its stead, so the proof no longer holds; and if the list stays the same, the
/// source hides the row for good, and the table cannot be called complete.
///
/// What is believed gone becomes tombstones at the end of the pass, as far as the guard lets it
/// (`Absent.hold`): many rows at once wait for another listing or an operator.
struct Absence: Equatable {
  /// How far they have been looked into.
  enum Answer: Hashable {
    case none
    /// There were too many of them to ask for, so the list has been read again.
    case readTwice
    /// They have been asked for by their ids.
    case confirmed
    /// Some of them have been, or the list that lacked them twice agrees with its count.
    case sampled
  }

  /// What is to be done about them.
  enum Step: Hashable {
    case believe
    case ask
    case readAgain
  }

  private(set) var answer = Answer.none
  /// How many of them the source shows by their ids.
  private(set) var denied = 0

  var isAnswered: Bool { answer == .confirmed || answer == .sampled }

  /// Rows that are absent and are asked for one by one at the least; more take another reading.
  static let askedByID = 10

  /// The list does not hold so many rows, of which so many can be asked for. `isSure` says that
  /// what it shows twice is so.
  mutating func lacks(_ count: Int, askable: Int, isSure: Bool) -> Step {
    guard count > 0 else { return .believe }
    if count <= askable {
      answer = .confirmed
      return .ask
    }
    if answer == .none {
      answer = .readTwice
      return .readAgain
    }
    answer = .sampled
    return isSure || askable == 0 ? .believe : .ask
  }

  /// So many of them exist.
  mutating func shown(_ count: Int) {
    denied += count
  }

  /// Whether the source hides rows from the list. Another reading may show them, unless it was the
  /// same twice, or there have been two of which only some were asked for.
  func isHidden(isSteady: Bool) -> Bool {
    denied > 0 && (isSteady || answer == .sampled)
  }

  /// The list is read anew with nothing known of it: what it lacks then is asked for anew.
  mutating func beginAgain() {
    if isAnswered { answer = .none }
  }
}
