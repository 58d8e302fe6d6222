internal import FoundationEssentials

/// What crashes have left: a file, and an account that has answered so many requests by so late.
///
/// They alone decide what the next run does. Statements of one transaction leave the same, so that
/// a crash before each of them is followed by one and the same run, which is to be seen once.
package struct Aftermath {
  private var seen: Set<Int> = []
  package var count: Int { seen.count }

  package init() {}

  /// Whether no crash before has left the same.
  package mutating func isNew(file path: String, requests: Int, now: Int64) -> Bool {
    var hasher = Hasher()
    FileManager.default.contents(atPath: path)?.withUnsafeBytes { hasher.combine(bytes: $0) }
    hasher.combine(requests)
    hasher.combine(now)
    return seen.insert(hasher.finalize()).inserted
  }
}
