internal import Model
internal import ReplicaFile
internal import SQLite

/// The records of a table that could not be stored, each counted once however often it comes.
///
/// While there is one the cursor stays, and a reading of everything is followed by another if the
/// record has no key: so a pass meets again what a former one could not store. One that it does not
/// meet is asked for by its id, until it is stored or gone. Those that the operator does without
/// are counted like the others, so that lists prove complete, and missed no more.
struct Refusals {
  typealias Key = [Value]

  /// A record that is kept aside, and whether this pass has met it.
  private struct Aside {
    let digest: UInt64
    var isMet = false
  }

  private var aside: [Key: Aside] = [:]
  /// Those without a key, by digest: whether this pass has met them.
  private var keyless: [UInt64: Bool] = [:]
  /// Those that this pass has met and of which the file has no row.
  private var rowless: Set<Key> = []
  /// Records that may not be seen, which the list holds all the same.
  private var restricted: Set<Key> = []
  private var accepted: Set<UInt64> = []
  /// Whether pages of a former run are part of what is read. What came on them does not come again.
  private var isResumed = false

  init() {}

  init(_ quarantine: Quarantine, isResumed: Bool = false) throws {
    self.isResumed = isResumed
    accepted = try quarantine.accepted()
    for entry in try quarantine.entries() {
      guard let key = entry.key else {
        keyless[entry.digest] = false
        continue
      }
      // An older program may have kept several versions of a record.
      if let other = aside.updateValue(Aside(digest: entry.digest), forKey: key) {
        keyless[other.digest] = false
      }
    }
  }

  /// Records that are in the source's list and have no row.
  var rows: Int { withoutKey + rowless.count + restricted.count }
  /// Those of them that have no key.
  var withoutKey: Int { keyless.values.count { $0 } }
  /// Records of which the file lacks what has come.
  var missed: Int { keylessMissed + aside.values.count { !accepted.contains($0.digest) } }
  /// Those of which nobody knows whose they are: any row may be their own.
  var keylessMissed: Int { keyless.keys.count { !accepted.contains($0) } }
  /// The keys of those that have not been met, in order.
  var awaited: [Key] {
    aside.filter { !$0.value.isMet && !accepted.contains($0.value.digest) }.map(\.key)
      .sorted { ($0.last?.integer ?? 0) < ($1.last?.integer ?? 0) }
  }

  func isAccepted(_ digest: UInt64) -> Bool { accepted.contains(digest) }

  mutating func insertKeyless(_ digest: UInt64) {
    keyless[digest] = true
  }

  /// A record could not be stored. Returns what was kept aside of it before, and whether it was
  /// awaited.
  mutating func insert(
    _ digest: UInt64, _ key: Key, hasRow: Bool
  ) -> (digest: UInt64?, isAwaited: Bool) {
    let before = aside.updateValue(Aside(digest: digest, isMet: true), forKey: key)
    if hasRow { rowless.remove(key) } else { rowless.insert(key) }
    return (before?.digest == digest ? nil : before?.digest, before.map { !$0.isMet } ?? false)
  }

  /// A record is in the list, and nothing of it but that it may not be seen.
  mutating func insertRestricted(_ key: Key) {
    restricted.insert(key)
  }

  /// A record has been stored after all, or may not be seen any more, or is gone. Returns what was
  /// kept aside of it, and whether it was awaited.
  mutating func settle(_ key: @autoclosure () -> Key) -> (digest: UInt64, isAwaited: Bool)? {
    guard !aside.isEmpty, let before = aside.removeValue(forKey: key()) else { return nil }
    rowless.remove(key())
    return (before.digest, !before.isMet)
  }

  /// All that had to be read has been: what has not come again, and nobody can be asked about, is
  /// no more. Of those that are accepted only a reading of everything tells that, for the cursor
  /// has moved on. Returns what was kept aside of them.
  mutating func dropUnmet(isFull: Bool, unless canBeAsked: (Key) -> Bool) -> [UInt64] {
    guard !isResumed else { return [] }
    let keys = aside.filter {
      !$0.value.isMet && (accepted.contains($0.value.digest) ? isFull : !canBeAsked($0.key))
    }
    let digests = keyless.filter { !$0.value && (isFull || !accepted.contains($0.key)) }.map(\.key)
    for key in keys.keys { aside[key] = nil }
    for digest in digests { keyless[digest] = nil }
    return keys.values.map(\.digest) + digests
  }
}
