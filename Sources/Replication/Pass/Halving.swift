internal import Model

/// Finds the keys that differ where the source counts another number of records than live in the
/// file: it has one half of them counted, and what that has not, the other has.
///
/// That costs few requests where few keys differ in a large table. Where comparing all of them
/// costs no more, they are compared; and a search that takes longer than thought ends by comparing
/// what is left of it. Where as many have come as have gone a count agrees, and only the keys tell.
struct Halving: Equatable {
  /// A range of keys, the rows that live in it and the records that are counted.
  struct Part: Equatable {
    var keys = KeyRange()
    let known: Int
    let counted: Int
  }

  /// The ranges whose keys are to be compared.
  private(set) var differing: [KeyRange] = []
  /// The ranges of which one half is being counted, by that half.
  private var open: [KeyRange: Part] = [:]
  /// Counts that may still be asked for.
  private var budget: Int
  /// Rows of a range whose keys come on one page.
  private let leaf: Int

  /// Nil where comparing all keys costs no more than is to be expected of this.
  init?(_ whole: Part, leaf: Int, budget: Int) {
    var (steps, rows) = (0, whole.known)
    while rows > leaf { (rows, steps) = ((rows + 1) / 2, steps + 1) }
    let pages = whole.known / max(1, leaf) + 1
    guard steps > 0, abs(whole.known - whole.counted) * (steps + 1) < pages else { return nil }
    (self.leaf, self.budget) = (leaf, min(budget, pages / 2))
  }

  /// Takes a range, of which `middle` is the last row of its first half. Returns the half that is
  /// to be counted.
  mutating func take(_ part: Part, middle: (Part) throws -> Int64?) rethrows -> KeyRange? {
    guard part.known != part.counted else { return nil }
    guard part.known > leaf, budget > 0, let last = try middle(part) else {
      differing.append(part.keys)
      return nil
    }
    budget -= 1
    let half = KeyRange(behind: part.keys.behind, upTo: last)
    open[half] = part
    return half
  }

  /// A half has been counted, in which so many rows live. Returns both.
  mutating func counted(_ half: KeyRange, _ count: Int?, known: Int) -> [Part] {
    guard let whole = open.removeValue(forKey: half) else { return [] }
    guard let count else {
      differing.append(whole.keys)
      return []
    }
    return [
      Part(keys: half, known: known, counted: count),
      Part(
        keys: KeyRange(behind: half.upTo, upTo: whole.keys.upTo), known: whole.known - known,
        counted: whole.counted - count),
    ]
  }

  /// The ranges that are to be compared, once.
  mutating func takeDiffering() -> [KeyRange] {
    defer { differing = [] }
    return differing.sorted { $0.behind < $1.behind }
  }
}
