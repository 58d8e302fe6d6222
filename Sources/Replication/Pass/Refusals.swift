internal import Model
internal import ReplicaFile
internal import SQLite

/// The records of a table that could not be stored, each counted once however often it comes.
///
/// A cursor stays while there is one, so a pass that reads all it has to read meets again what a
/// former pass could not store. What it does not meet is awaited: its record is asked for, where it
/// has a key, until it is stored or gone. A record that the operator has accepted is counted, so
/// that lists prove complete, and missed no more.
struct Refusals {
  typealias Key = [Value]

  /// Those that this pass has met: by digest where they have no key, and those without a row.
  private var keyless: Set<UInt64> = []
  private var rowless: Set<Key> = []
  /// Records that may not be seen, which the list holds all the same.
  private var restricted: Set<Key> = []
  /// Records of which the file does not hold the last version that came.
  private var stale: Set<Key> = []
  /// Those that the operator does without, met or not.
  private var accepted: Set<UInt64> = []
  /// Those of former passes that this one has not met.
  private var former: [Key: UInt64] = [:]
  private var formerKeyless: Set<UInt64> = []
  /// All that are kept aside and have a key.
  private var aside: [Key: UInt64] = [:]
  /// Whether pages of a former run are part of what is read. What came on them does not come again.
  let isResumed: Bool

  init(_ entries: [Quarantine.Entry] = [], isResumed: Bool = false) {
    self.isResumed = isResumed
    for entry in entries {
      if entry.isAccepted { accepted.insert(entry.digest) }
      guard let key = entry.key else {
        formerKeyless.insert(entry.digest)
        continue
      }
      // An older program may have kept several versions of a record.
      if let other = aside.updateValue(entry.digest, forKey: key) { formerKeyless.insert(other) }
      former[key] = entry.digest
    }
  }

  /// Records that are in the source's list and have no row.
  var rows: Int { keyless.count + rowless.count + restricted.count }
  /// Those of them that have no key.
  var withoutKey: Int { keyless.count }
  /// Records of which the file lacks what has come.
  var missed: Int { keylessMissed + stale.count + awaited.count }
  /// Whether there is one of which nobody knows whose it is: any row may be its own.
  var hideRows: Bool { keylessMissed > 0 }

  private var keylessMissed: Int { keyless.union(formerKeyless).subtracting(accepted).count }

  /// The keys of those that a former pass could not store, and that have not been met.
  var awaited: [Key] { former.filter { !accepted.contains($0.value) }.map(\.key) }

  func isAwaited(_ key: @autoclosure () -> Key) -> Bool { !former.isEmpty && former[key()] != nil }
  func isAccepted(_ digest: UInt64) -> Bool { accepted.contains(digest) }

  mutating func insertKeyless(_ digest: UInt64) {
    keyless.insert(digest)
    formerKeyless.remove(digest)
  }

  /// A record could not be stored. Returns the version of it that was kept aside before.
  mutating func insert(_ digest: UInt64, _ key: Key, hasRow: Bool) -> UInt64? {
    forget(key)
    if !accepted.contains(digest) { stale.insert(key) }
    if !hasRow { rowless.insert(key) }
    let before = aside.updateValue(digest, forKey: key)
    return before == digest ? nil : before
  }

  /// A record is in the list, and nothing of it but that it may not be seen.
  mutating func insertRestricted(_ key: Key) {
    restricted.insert(key)
  }

  /// A record has been stored after all, or is gone. Returns what was kept aside of it.
  mutating func settle(_ key: @autoclosure () -> Key) -> UInt64? {
    guard !aside.isEmpty, let digest = aside.removeValue(forKey: key()) else { return nil }
    forget(key())
    return digest
  }

  /// All that had to be read has been: what could not be stored and has not come again is no more.
  /// Of those that are accepted only a list of everything tells that, of those with a key only if
  /// nobody can be asked. Returns what was kept aside of them.
  mutating func dropUnmet(isFull: Bool, unless canBeAsked: (Key) -> Bool) -> [UInt64] {
    guard !isResumed else { return [] }
    let keys = former.filter { isFull && accepted.contains($0.value) || !canBeAsked($0.key) }
    let keyless = formerKeyless.filter { isFull || !accepted.contains($0) }
    for key in keys.keys { former[key] = nil }
    formerKeyless.subtract(keyless)
    return keys.map(\.value) + keyless
  }

  private mutating func forget(_ key: Key) {
    stale.remove(key)
    rowless.remove(key)
    former[key] = nil
  }
}
