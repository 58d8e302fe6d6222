internal import ReplicaFile
internal import SQLite

/// The records of a pass that could not be stored, each counted once however often it comes.
struct Refusals {
  /// By their digests: those without a key, and those with one of which the file has no row.
  private var keyless: Set<UInt64> = []
  private var rowless: Set<UInt64> = []
  /// The keys of records that may not be seen, which the list holds all the same.
  private var restricted: Set<Value> = []
  /// The keys of records of which the file does not hold the last version that came.
  private var stale: Set<Value> = []

  /// Records that are in the source's list and have no row.
  var rows: Int { keyless.count + rowless.count + restricted.count }
  /// Those of them that have no key: nobody knows whose they are.
  var withoutKey: Int { keyless.count }
  /// Records of which the file lacks what has come.
  var missed: Int { keyless.count + stale.count }

  mutating func insertKeyless(_ digest: UInt64) {
    keyless.insert(digest)
  }

  mutating func insert(_ digest: UInt64, _ key: Value, hasRow: Bool) {
    stale.insert(key)
    if !hasRow { rowless.insert(digest) }
  }

  /// A record is in the list, and nothing of it but that it may not be seen.
  mutating func insertRestricted(_ key: Value) {
    restricted.insert(key)
  }

  /// A record has been stored after all.
  mutating func stored(_ key: @autoclosure () -> Value) {
    if !stale.isEmpty { stale.remove(key()) }
  }
}
