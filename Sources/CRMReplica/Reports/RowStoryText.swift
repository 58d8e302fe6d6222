internal import ReplicaFile

/// The story of a row in sentences, one a line.
struct RowStoryText {
  let story: RowStory
  /// What lets requests in, as people call it.
  let secret: String

  var text: String {
    (story.isKnown ? known : unknown).map { $0 + "\n" }.joined()
  }

  private var name: String { "\(story.table) \(story.key.onOneLine())" }

  private var known: [String] {
    var lines = [state]
    let run = story.firstSeenRun.map { ", by run \($0)" } ?? ""
    if let at = story.firstSeenAt { lines.append("First stored \(at) UTC\(run).") }
    for change in story.changes {
      let verb = ["update": "changed", "delete": "buried", "restore": "restored"][change.kind]
      lines.append("Run \(change.run) \(verb ?? change.kind) it, \(change.at) UTC:")
      let versions = [change.before, change.after].map { JSONDocument(text: $0).members }
      for (before, after) in zip(versions[0], versions[1]) {
        lines.append(
          "  \(before.key.onOneLine()): \(before.value.spoken()) -> \(after.value.spoken())")
      }
    }
    if let held = story.held {
      lines.append(
        "The delete guard holds it since run \(held.run), \(held.since) UTC: a list lacked it, "
          + "with many others.")
    }
    return lines + ending
  }

  private var state: String {
    guard story.isStored else {
      return "\(name): the file had this row, and does no longer: its table was made anew."
    }
    guard let tombstone = story.tombstone else { return "\(name): a living row." }
    if story.isNamed {
      return "\(name): its list has never shown it. Records name it, and what they tell of it is "
        + "stored as a tombstone."
    }
    let run = tombstone.run.map { " Run \($0) buried it." } ?? ""
    return "\(name): a tombstone, gone since \(tombstone.at) UTC (\(tombstone.reason)): "
      + "\(meaning(of: tombstone.reason)).\(run)"
      + (story.isPurged ? " What it held was purged." : "")
  }

  private func meaning(of reason: String) -> String {
    switch reason {
    case "deleted": "the account says that it was deleted"
    case "restricted": "the account says that this \(secret) may no longer see it"
    default: "a complete list did not hold it"
    }
  }

  private var unknown: [String] {
    var lines = ["\(name): the replica has never had such a row."]
    lines.append(
      story.lastReadAt == nil
        ? "Its table has never been read to the end: \"crm-replica sync\" does that."
        : "The account did not show it to this \(secret) when the table was read; the id may be "
          + "another record's, or the record newer than that.")
    for record in story.quarantined {
      lines.append(
        "Run \(record.run) could not store a record of the table, \(record.at) UTC "
          + "(\(record.reason.onOneLine())): \(JSONDocument(text: record.record).spoken())")
    }
    return lines + ending
  }

  private var ending: [String] {
    var lines: [String] = []
    if let statement = story.statement {
      let at = statement.deletedAt.map { ", \($0) UTC" } ?? ""
      let end = statement.isWithdrawn ? ", but it was seen alive since" : ""
      lines.append("\(statement.feed) says: \(statement.reason ?? "gone")\(at)\(end).")
    }
    let full = story.lastFullReadAt.map { ", in full \($0) UTC" } ?? ""
    lines.append(
      story.lastReadAt.map { "\(story.table) was last read \($0) UTC\(full)." }
        ?? "\(story.table) has not been read to its end.")
    return lines
  }
}
