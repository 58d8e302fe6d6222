internal import HTTP
internal import Model

/// What has come for a page that was asked for, and waits for what stands before it.
enum Arrival {
  case page(Response, Reply)
  /// The record, or the parent whose list it is, is not there.
  case gone(TableFailure.Kind)
  /// It could not be had: nothing is known of it.
  case skipped
  /// A page of a list was refused.
  case refused(TableFailure)

  /// How a parent or a record was answered for.
  enum Answer: Equatable {
    case page, gone, skipped
  }

  var answer: Answer {
    switch self {
    // The list ended before it.
    case .page, .refused: .page
    case .gone: .gone
    case .skipped: .skipped
    }
  }
}

/// Counts the answers of a pass that were no page, and tells when they concern its table and not
/// single records or parents.
struct Gaps {
  private var gone = 0
  private var skipped = 0
  private var good = 0
  /// Answers that may fail in a run before the table does, while no more have been good.
  private static let limit = 10

  /// A parent is not there. Returns false when none of so many was: the path itself is not there.
  mutating func lacksParent(of count: Int) -> Bool {
    gone += 1
    return gone != count || gone <= 2
  }

  /// Something has come.
  mutating func answered() {
    good += 1
  }

  /// Something cannot be had. Returns false when too much cannot.
  mutating func skips() -> Bool {
    guard skipped < max(Self.limit, good) else { return false }
    skipped += 1
    return true
  }
}
