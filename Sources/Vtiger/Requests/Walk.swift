internal import Model

/// Where a page of a module's list begins: what the text of a `Position` says.
enum Walk: Hashable {
  /// Behind an id, ascending.
  case behind(Int64)
  /// Behind an instant as the server stamps it and, among the records of that instant, an id.
  case behindChange(stamp: String, Int64)
  /// Behind the numbers of the references that make up the key of a module without ids, and so many
  /// rows further: those of which not all references are shown say nothing of where they stand.
  case behindKey([Int64], skipping: Int)
  /// In the window of ids above this one. Those behind the greatest id that is known have been
  /// empty from `emptySince` on.
  case window(Int64, emptySince: Int64)
  /// These records, which the window below the last of them has shown.
  case records([Int64])
  /// These records, which are known to be there, and nothing behind them.
  case known([Int64])
  /// What the feed of changes tells behind this second since 1970.
  case feed(Int64)
  /// These records, which the feed has named; behind them it goes on, or is at its end.
  indirect case told([Int64], then: Walk?)
  /// The lines of these documents, in the order of the documents; behind them the list goes on as
  /// it would have, or is at its end.
  indirect case lines([Int64], then: Walk?)
  /// How many lines these documents have, behind an answer that shows none.
  indirect case lineCount([Int64], then: Walk?)
  /// A line of any document, behind a count that is none.
  indirect case anyLine([Int64], then: Walk?)
  /// The lines of these documents once more, with those of a document that is known to have some.
  indirect case linesBeside(LineOwner, [Int64], then: Walk?)
  /// Each of these documents by itself, with its lines.
  indirect case documents([Int64], then: Walk?)

  /// A document, and the prefix of its module's ids.
  struct LineOwner: Hashable {
    let prefix: Int64
    let id: Int64
  }

  /// How many ids a window has, and how many records a page: no more come in any case.
  static let width: Int64 = 100
  /// Rows in a row that may lack a reference of their key. A server that skips nothing shows the
  /// same ones without end.
  static let mostSkipped = 10_000
  /// Empty windows behind the greatest id that end a walk.
  static let emptyWindows: Int64 = 10

  /// Where the window that starts here ends. No id is greater than the greatest number.
  static func end(ofWindow start: Int64) -> Int64 {
    start > .max - width ? .max : start + width
  }

  /// The first page of a list.
  static let start = Position("0")

  var position: Position {
    switch self {
    case .behind(let id): Position("\(id)")
    case .behindChange(let stamp, let id): Position("\(stamp)/\(id)")
    case .behindKey(let numbers, let skipped):
      Position("key " + Self.list(numbers) + (skipped > 0 ? ";\(skipped)" : ""))
    case .window(let start, let since): Position("above \(start),\(since)")
    case .records(let ids): Position("in " + Self.list(ids))
    case .known(let ids): Position("of " + Self.list(ids))
    case .feed(let second): Position("since \(second)")
    case .told(let ids, let then): Self.position("told", ids, then)
    case .lines(let ids, let then): Self.position("lines", ids, then)
    case .lineCount(let ids, let then): Self.position("count", ids, then)
    case .anyLine(let ids, let then): Self.position("line", ids, then)
    case .linesBeside(let owner, let ids, let then):
      Self.position("beside", [owner.prefix, owner.id] + ids, then)
    case .documents(let ids, let then): Self.position("documents", ids, then)
    }
  }

  private static func position(_ word: String, _ ids: [Int64], _ then: Walk?) -> Position {
    Position("\(word) \(list(ids));\(then?.position.text ?? "")")
  }

  /// The walks that are followed by another one.
  private init?(followed text: String) {
    let halves = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    let words = halves[0].split(separator: " ", maxSplits: 1)
    guard halves.count == 2, words.count == 2, let ids = Self.numbers(words[1]) else { return nil }
    let then = Walk(Position(String(halves[1])))
    guard then != nil || halves[1].isEmpty else { return nil }
    switch words[0] {
    case "told": self = .told(ids, then: then)
    case "lines": self = .lines(ids, then: then)
    case "count": self = .lineCount(ids, then: then)
    case "line": self = .anyLine(ids, then: then)
    case "beside" where ids.count > 2:
      self = .linesBeside(LineOwner(prefix: ids[0], id: ids[1]), Array(ids[2...]), then: then)
    case "documents": self = .documents(ids, then: then)
    default: return nil
    }
  }

  init?(_ position: Position) {
    let text = position.text
    if let id = Self.number(text) {
      self = .behind(id)
    } else if text.hasPrefix("key "), let walk = Self.key(text.dropFirst(4)) {
      self = walk
    } else if text.hasPrefix("in "), let ids = Self.numbers(text.dropFirst(3)) {
      self = .records(ids)
    } else if text.hasPrefix("of "), let ids = Self.numbers(text.dropFirst(3)) {
      self = .known(ids)
    } else if text.hasPrefix("since "), let second = Self.number(text.dropFirst(6)) {
      self = .feed(second)
    } else if let walk = Walk(followed: text) {
      self = walk
    } else if text.hasPrefix("above "), let numbers = Self.numbers(text.dropFirst(6)),
      numbers.count == 2
    {
      self = .window(numbers[0], emptySince: numbers[1])
    } else {
      let halves = text.split(separator: "/")
      guard halves.count == 2, let id = Self.number(halves[1]), Timestamp(String(halves[0])) != nil
      else { return nil }
      self = .behindChange(stamp: String(halves[0]), id)
    }
  }

  private static func key(_ text: Substring) -> Walk? {
    let halves = text.split(separator: ";", omittingEmptySubsequences: false)
    guard let key = halves.first.flatMap({ $0.isEmpty ? [] : numbers($0) }) else { return nil }
    let skipped = halves.count > 1 ? Int(halves[1]) : 0
    return skipped.map { .behindKey(key, skipping: max(0, $0)) }
  }

  private static func list(_ numbers: [Int64]) -> String {
    numbers.map { "\($0)" }.joined(separator: ",")
  }

  private static func number(_ text: some StringProtocol) -> Int64? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }

  private static func numbers(_ text: Substring) -> [Int64]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { number($0) }
    return numbers.count == parts.count ? numbers : nil
  }
}
