internal import ReplicaFile

extension JSONDocument {
  /// A row's story as `why --json` prints it. What is not known is left out.
  init(_ story: RowStory) {
    self = .known([
      ("table", .string(story.table)), ("key", .string(story.key)),
      ("is_stored", .bool(story.isStored)), ("is_living", .bool(story.isLiving)),
      ("is_purged", .bool(story.isPurged)), ("is_named", .bool(story.isNamed)),
      ("first_seen_at", story.firstSeenAt.map(Self.string)),
      ("first_seen_run", story.firstSeenRun.map(Self.integer)),
      ("changes", .array(story.changes.map(Self.init))),
      (
        "tombstone",
        story.tombstone.map {
          .known([
            ("at", .string($0.at)), ("reason", .string($0.reason)),
            ("run", $0.run.map(Self.integer)),
          ])
        }
      ),
      (
        "held",
        story.held.map { .known([("since", .string($0.since)), ("run", .integer($0.run))]) }
      ),
      (
        "statement",
        story.statement.map {
          .known([
            ("feed", .string($0.feed)), ("reason", $0.reason.map(Self.string)),
            ("deleted_at", $0.deletedAt.map(Self.string)), ("is_withdrawn", .bool($0.isWithdrawn)),
          ])
        }
      ),
      ("quarantined", .array(story.quarantined.map(Self.init))),
      ("last_read_at", story.lastReadAt.map(Self.string)),
      ("last_full_read_at", story.lastFullReadAt.map(Self.string)),
    ])
  }

  private init(_ change: RowStory.Change) {
    self = .known([
      ("run", .integer(change.run)), ("at", .string(change.at)), ("kind", .string(change.kind)),
      ("before", Self(text: change.before)), ("after", Self(text: change.after)),
    ])
  }

  private init(_ record: RowStory.Quarantined) {
    self = .known([
      ("at", .string(record.at)), ("run", .integer(record.run)),
      ("reason", .string(record.reason)), ("record", Self(text: record.record)),
    ])
  }

  private static func known(_ members: [(key: String, value: JSONDocument?)]) -> JSONDocument {
    .object(members.compactMap { member in member.value.map { Member(member.key, $0) } })
  }
}
