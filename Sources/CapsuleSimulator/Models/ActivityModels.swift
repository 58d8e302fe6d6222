import Simulation

/// Tasks, entries and tracks as the API writes them.
///
/// Source: developer.capsulecrm.com, v2, `task`, `entry`, `attachment`, `participant`, `track`.
extension Account {
  func write(_ task: TodoTask, _ embeds: Embeds, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", task.id)
    writeCategory("category", task.category, to: &writer)
    writer.member("description", task.description)
    writer.member("detail", task.detail)
    writer.date("dueOn", task.dueOn)
    writer.member("dueTime", task.dueTime)
    writer.member("status", task.status.rawValue)
    writeParent(task.parent, embeds, to: &writer)
    writeUser("owner", task.owner, to: &writer)
    writer.member("daysAfter", task.daysAfter)
    writer.member("taskDelayRule", task.taskDelayRule)
    writeTaskReference("nextTask", task.nextTask, to: &writer)
    writer.member("active", task.status != .pending)
    writer.instant("createdAt", task.createdAt)
    writer.instant("updatedAt", task.updatedAt)
    writer.member("completedBy", task.completedBy)
    writer.instant("completedAt", task.completedAt)
    writer.member("taskDayDelayRule", "TRACK_DAYS")
    writer.null("overrideToCurrentUser")
    if let repetition = task.repetition {
      writer.key("repeat")
      writer.beginObject()
      writer.member("interval", repetition.interval)
      writer.member("frequency", repetition.frequency)
      writer.member("on", repetition.on)
      writer.endObject()
    } else {
      writer.null("repeat")
    }
    writer.member("hasTrack", task.track != nil)
    writer.endObject()
  }

  private func writeTaskReference(
    _ key: StaticString, _ id: Int64?, to writer: inout Writer
  ) {
    guard let id, let task = tasks[id] else { return writer.null(key) }
    writer.key(key)
    writer.beginObject()
    writer.member("id", id)
    writer.member("description", task.description)
    writer.endObject()
  }

  func write(_ entry: Entry, _ embeds: Embeds, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", entry.id)
    writer.member("type", entry.kind.rawValue)
    writeArray("attachments", entry.attachments, to: &writer) { attachment, writer in
      writer.member("id", attachment.id)
      writer.member("filename", attachment.filename)
      writer.member("contentType", attachment.contentType)
      writer.member("size", attachment.size)
    }
    writeArray("participants", entry.participants, to: &writer) { participant, writer in
      writer.member("id", participant.id)
      writer.member("address", participant.address)
      writer.member("name", participant.name)
      writer.member("role", participant.role)
    }
    writeUser("creator", entry.creator, to: &writer)
    let type = entry.activityType
    writeNamed("activityType", type, activityTypes[type]?.name, to: &writer)
    writer.instant("createdAt", entry.createdAt)
    writer.instant("updatedAt", entry.updatedAt)
    writer.instant("entryAt", entry.entryAt)
    writer.member("subject", entry.subject)
    writer.member("content", entry.content)
    writeParent(entry.parent, embeds, to: &writer)
    writer.key("parties")
    writer.beginArray()
    for party in entry.parties.compactMap({ parties[$0] }) {
      writer.element()
      writePartyElement(party, to: &writer)
    }
    writer.endArray()
    writer.endObject()
  }

  func write(_ activity: Activity, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", activity.id)
    writer.instant("createdAt", activity.createdAt)
    if activity.isDeletion { writer.member("deleted", true) }
    writer.key("entry")
    writer.beginObject()
    // A copy must not believe it: this may be no entry at all.
    writer.member("id", switches.activities == .foreign ? activity.id : activity.entry)
    writer.endObject()
    writer.endObject()
  }

  func write(_ track: Track, _ embeds: Embeds, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", track.id)
    if embeds.contains(.tasks) {
      let steps = track.tasks.compactMap { tasks[$0] }
      writeArray("tasks", steps, to: &writer) { task, writer in
        writer.member("id", task.id)
        writer.member("description", task.description)
      }
    }
    writer.member("description", track.description)
    writer.member("direction", track.direction)
    writer.date("trackDateOn", track.trackDateOn)
    if let id = track.definition, let definition = trackDefinitions[id] {
      writer.key("definition")
      writer.beginObject()
      writer.member("id", id)
      writer.member("description", definition.description)
      writer.endObject()
    } else {
      writer.null("definition")
    }
    writer.endObject()
  }
}
