import Simulation

/// Definitions, goals, hooks and account-wide lists as the API writes them.
///
/// Source: developer.capsulecrm.com, v2, models `field_definition`, `tag_definition`,
/// `track_definition`, `track_task_definition`, `goal`, `rest_hook`.
extension Account {
  func write(_ definition: Definition, of entity: Entity, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", definition.id)
    writer.member("type", definition.type)
    writer.member("description", definition.description)
    writer.member("important", definition.isImportant)
    writer.member("displayOrder", definition.displayOrder)
    writer.member("name", definition.name)
    if let id = definition.tag, let tag = tags[entity]?[id] {
      writer.key("tag")
      writer.beginObject()
      writer.member("id", id)
      writer.member("name", tag.name)
      writer.member("dataTag", tag.isData)
      writer.endObject()
    } else {
      writer.null("tag")
    }
    writer.member("captureRule", definition.captureRule)
    if definition.options.isEmpty {
      writer.null("options")
    } else {
      writer.key("options")
      JSON.array(definition.options.map(JSON.string)).write(to: &writer)
    }
    writer.endObject()
  }

  func write(_ tag: Tag, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", tag.id)
    writer.member("name", tag.name)
    writer.member("description", tag.description)
    writer.member("dataTag", tag.isData)
    writer.endObject()
  }

  func write(_ definition: TrackDefinition, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", definition.id)
    writer.member("description", definition.description)
    writer.member("tag", definition.tag)
    writer.member("captureRule", definition.captureRule)
    writer.member("direction", definition.direction)
    writer.instant("createdAt", definition.createdAt)
    writer.instant("updatedAt", definition.updatedAt)
    writeArray("taskDefinitions", definition.tasks, to: &writer) { task, writer in
      writer.member("id", task.id)
      writer.member("description", task.description)
      writer.member("daysAfterRule", task.daysAfterRule)
      writer.member("daysAfter", task.daysAfter)
      writer.member("dayDelayRule", task.dayDelayRule)
      writer.member("displayOrder", task.displayOrder)
      writeCategory("category", task.category, to: &writer)
      writer.key("trackTaskAssignee")
      writer.beginObject()
      writer.member("assigneeType", task.assignee == nil ? "ENTITY_OWNER" : "USER")
      writeUser("owner", task.assignee, to: &writer)
      writer.endObject()
      writer.instant("createdAt", task.createdAt)
      writer.instant("updatedAt", task.updatedAt)
    }
    writer.endObject()
  }

  func write(_ title: Title, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", title.id)
    writer.member("title", title.title)
    writer.endObject()
  }

  func write(_ goal: Goal, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", goal.id)
    writer.member("name", goal.name)
    writer.member("frequency", goal.frequency)
    writer.date("startOn", goal.startOn)
    writer.date("endOn", goal.endOn)
    writer.member("type", goal.type)
    writer.amount("value", goal.value)
    writer.member("currency", goal.currency)
    writeUser("user", goal.user, to: &writer)
    writer.member("status", goal.status)
    let pipeline = goal.pipeline
    writeNamed("pipeline", pipeline, pipeline.flatMap { pipelines[$0]?.name }, to: &writer)
    writeMilestone("milestone", goal.milestone, to: &writer)
    writer.instant("createdAt", goal.createdAt)
    writer.instant("updatedAt", goal.updatedAt)
    writer.endObject()
  }

  func write(_ hook: RestHook, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", hook.id)
    writer.member("event", hook.event)
    writer.member("targetUrl", hook.targetURL)
    writer.member("description", hook.description)
    writer.member("embed", hook.embed)
    writer.member("batched", false)
    writer.member("clientId", Int64(12))
    writeUser("user", hook.user, to: &writer)
    writer.instant("createdAt", hook.createdAt)
    writer.instant("updatedAt", hook.updatedAt)
    writer.endObject()
  }

  func write(_ country: Country, to writer: inout Writer) {
    writer.beginObject()
    writer.member("name", country.name)
    writer.member("alpha2Code", country.alpha2)
    writer.member("alpha3Code", country.alpha3)
    writer.member("numericCode", country.numeric)
    writer.member("dialCode", country.dialCode)
    writer.endObject()
  }

  func write(_ currency: Currency, to writer: inout Writer) {
    writer.beginObject()
    writer.member("code", currency.code)
    writer.member("symbol", currency.symbol)
    writer.member("name", currency.name)
    writer.member("pluralName", currency.pluralName)
    writer.endObject()
  }

  func writeSite(to writer: inout Writer) {
    writer.beginObject()
    writer.member("url", "https://\(subdomain).capsulecrm.com")
    writer.member("subdomain", subdomain)
    writer.member("name", Account.siteName)
    writer.endObject()
  }

  func write(_ deletion: Deletion, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", deletion.id)
    writer.instant("deletedAt", deletion.deletedAt)
    writer.endObject()
  }
}
