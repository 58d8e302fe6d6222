/// How many rows were read, inserted, changed, deleted: the figures of the run log.
package struct Counts: Sendable, Hashable {
  /// Records received.
  package var read = 0
  package var inserted = 0
  /// Rows whose content changed, and rows that came back to life.
  package var updated = 0
  package var unchanged = 0
  /// Rows that became tombstones.
  package var deleted = 0
  /// Values that did not fit their columns and records that could not be stored.
  package var misfits = 0
  /// Rows that the scrub read again, and those of them that were not as the account has them.
  package var swept = 0
  package var drifted = 0

  package init() {}

  package static func += (left: inout Counts, right: Counts) {
    left.read += right.read
    left.inserted += right.inserted
    left.updated += right.updated
    left.unchanged += right.unchanged
    left.deleted += right.deleted
    left.misfits += right.misfits
    left.swept += right.swept
    left.drifted += right.drifted
  }
}

/// Why a row became a tombstone.
package enum DeletionReason: String, Sendable, Hashable {
  /// The feed says that it was deleted.
  case deleted
  /// The feed says that this token may no longer see it.
  case restricted
  /// A complete listing no longer holds it.
  case absent
}
