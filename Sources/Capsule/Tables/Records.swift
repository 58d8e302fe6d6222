package import Model

/// Parties, opportunities and cases, and the feeds of what was deleted of them.
extension Table {
  /// People and organisations. Source: "List parties", "Party model".
  package static let parties = Table(
    "parties", .incremental,
    from: [
      Listing(
        "parties", "parties", record: "party", embed: ["tags", "fields", "missingImportantFields"],
        isCounted: true)
    ],
    columns: [
      .integer("id", or: .key),
      .text("type"),
      .text("first_name"),
      .text("last_name"),
      .text("title"),
      .text("job_title"),
      .reference("organisation_id", to: "parties", or: .indexed),
      .text("name"),
      .text("about"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
      .dateTime("last_contacted_at"),
      .text("picture_url", at: "pictureURL"),
      .reference("owner_id", to: "users"),
      .reference("team_id", to: "teams"),
      .anyAsText("enrichment"),
      .boolean("missing_important_fields"),
    ],
    children: [
      Child(
        "party_addresses", at: "addresses", of: "party_id",
        elements: .objects([
          .integer("id"), .text("type"), .text("street"), .text("city"), .text("state"),
          .text("country"), .text("zip"),
        ])),
      Child(
        "party_phone_numbers", at: "phoneNumbers", of: "party_id",
        elements: .objects([.integer("id"), .text("type"), .text("number")])),
      Child(
        "party_websites", at: "websites", of: "party_id",
        elements: .objects([
          .integer("id"), .text("type"), .text("service"), .text("address"), .text("url"),
        ])),
      Child(
        "party_email_addresses", at: "emailAddresses", of: "party_id",
        elements: .objects([.integer("id"), .text("type"), .text("address")])),
      .tags(of: "party"),
      .fields(of: "party"),
    ], restriction: "isRestricted",
    searchable: ["first_name", "last_name", "name", "job_title", "about"])

  /// Deals. Source: "List opportunities", "Opportunity model".
  package static let opportunities = Table(
    "opportunities", .incremental,
    from: [
      Listing(
        "opportunities", "opportunities", record: "opportunity",
        embed: ["tags", "fields", "missingImportantFields"],
        isCounted: true)
    ],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .reference("party_id", to: "parties", or: .indexed),
      .reference("owner_id", to: "users"),
      .reference("team_id", to: "teams"),
      .reference("milestone_id", to: "milestones"),
      .reference("last_open_milestone_id", to: "milestones"),
      .reference("lost_reason_id", to: "lost_reasons"),
      .real("value_amount", at: "value", "amount"),
      .text("value_currency", at: "value", "currency").naming("currencies"),
      .date("expected_close_on"),
      .integer("probability"),
      .text("duration_basis"),
      .integer("duration"),
      .date("closed_on"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
      .dateTime("last_contacted_at"),
      .dateTime("last_stage_changed_at"),
      .boolean("missing_important_fields"),
    ],
    children: [
      .tags(of: "opportunity"),
      .fields(of: "opportunity"),
    ], restriction: "isRestricted")

  /// Cases, which the product calls projects. Source: "List projects", "Project model".
  package static let cases = Table(
    "cases", .incremental,
    from: [
      Listing(
        "kases", "kases", record: "kase", embed: ["tags", "fields", "missingImportantFields"],
        isCounted: true)
    ],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .reference("party_id", to: "parties", or: .indexed),
      .reference("owner_id", to: "users"),
      .reference("team_id", to: "teams"),
      .text("status"),
      .reference("opportunity_id", to: "opportunities", or: .indexed),
      .reference("stage_id", to: "stages"),
      .date("expected_close_on"),
      .date("start_on"),
      .date("closed_on"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
      .dateTime("last_contacted_at"),
      .boolean("missing_important_fields"),
    ],
    children: [
      .tags(of: "case"),
      .fields(of: "case"),
    ], restriction: "isRestricted")

  package static let deletedParties = deletions(
    "deleted_parties", of: "parties", path: "parties", restricted: "restrictedParties")
  package static let deletedOpportunities = deletions(
    "deleted_opportunities", of: "opportunities", path: "opportunities",
    restricted: "restrictedOpportunities")
  package static let deletedCases = deletions(
    "deleted_cases", of: "cases", path: "kases", restricted: "restrictedKases")

  /// The deletions that the feed of one kind of record reports. Source: "List deleted parties" etc.
  private static func deletions(
    _ name: String, of table: String, path: String, restricted: String
  ) -> Table {
    Table(
      name, .deletions(of: table), from: [Listing("\(path)/deleted", path)],
      columns: [
        .integer("id", or: .key).naming(.init(table)),
        .dateTime("deleted_at", or: .freshness), .listing("reason", .text),
      ],
      feed: Table.Feed(restricted: restricted, instant: "deleted_at", reason: "reason"),
      ignored: ["type", "firstName", "lastName", "name", "pictureURL", "isRestricted"])
  }

  /// Tasks of every status. Source: "List tasks", "Task model".
  package static let tasks = Table(
    "tasks", .full,
    from: [
      Listing(
        "tasks", "tasks", record: "task", query: ["status=open,completed,pending"],
        embed: ["party", "opportunity", "kase", "owner", "nextTask"], isCounted: true)
    ],
    columns: [
      .integer("id", or: .key),
      .text("description"),
      .text("detail"),
      .reference("category_id", to: "task_categories"),
      .date("due_on"),
      .text("due_time"),
      .text("status"),
      .reference("party_id", to: "parties", or: .indexed),
      .reference("opportunity_id", to: "opportunities", or: .indexed),
      .reference("case_id", to: "cases", at: "kase", or: .indexed),
      .reference("owner_id", to: "users"),
      .text("completed_by"),
      .dateTime("completed_at"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
      .boolean("has_track"),
      .reference("next_task_id", to: "tasks"),
      .integer("days_after"),
      .text("task_delay_rule"),
      .text("task_day_delay_rule"),
      .integer("repeat_interval", at: "repeat", "interval"),
      .text("repeat_frequency", at: "repeat", "frequency"),
      .anyAsText("repeat_on", at: "repeat", "on"),
      .boolean("active"),
      .boolean("override_to_current_user"),
    ], belongsTo: anyRecord, mayTellChanges: true)

  /// Notes, e-mails and completed tasks, newest first. Source: "List entries", "Entry model".
  package static let entries = Table(
    "entries", .newestFirst(by: "entry_at"),
    from: [
      Listing(
        "entries", "entries", record: "entry",
        embed: ["party", "kase", "opportunity", "creator", "activityType"], isCounted: true)
    ],
    columns: [
      .integer("id", or: .key),
      .text("type", or: .counted),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
      .dateTime("entry_at", or: .indexed),
      .text("subject"),
      .text("content"),
      .reference("creator_id", to: "users", or: .counted),
      .reference("activity_type_id", to: "activity_types", or: .counted),
      .reference("party_id", to: "parties", or: [.indexed, .counted]),
      .reference("case_id", to: "cases", at: "kase", or: .indexed),
      .reference("opportunity_id", to: "opportunities", or: .indexed),
    ],
    children: [
      Child(
        "entry_attachments", at: "attachments", of: "entry_id",
        elements: .objects([
          .integer("id"), .text("filename"), .text("content_type"), .integerOrDigits("size"),
        ])),
      Child(
        "entry_participants", at: "participants", of: "entry_id",
        elements: .objects([.integer("id"), .text("address"), .text("name"), .text("role")]),
        names: Child.Names("parties", by: "address", in: "party_email_addresses")),
      Child(
        "entry_parties", at: "parties", of: "entry_id",
        elements: .references("party_id", to: "parties")),
    ], belongsTo: anyRecord, searchable: ["subject", "content"],
    // Undocumented. It names what was written; whether also what was edited and deleted, is open.
    hint: Hint(Listing("activities", "activities"), row: "entry", instant: "createdAt"))

  /// The one record that a task or an entry is about.
  private static let anyRecord = [
    Listing.Parent("parties", as: "party_id"),
    Listing.Parent("opportunities", as: "opportunity_id"),
    Listing.Parent("cases", as: "case_id"),
  ]
}

extension Child {
  /// The tags of a kind of record, by the id of their definition.
  static func tags(of entity: String) -> Child {
    Child(
      "\(entity)_tags", at: "tags", of: "\(entity)_id",
      elements: .references(
        "tag_id", to: Column.Target("tag_definitions", where: .init("entity", entity))),
      isEmbedded: true)
  }

  /// The custom field values of a kind of record. Source: "Field value model".
  static func fields(of entity: String) -> Child {
    Child(
      "\(entity)_fields", at: "fields", of: "\(entity)_id",
      elements: .objects([
        .integer("id"),
        .reference(
          "definition_id", to: Column.Target("custom_fields", where: .init("entity", entity))),
        .integer("tag_id"), .anyAsText("value"),
      ]), isEmbedded: true,
      view: FieldView(
        "v_\(entity)_fields", definedIn: "custom_fields", where: .init("entity", entity),
        columns: (name: "name", type: "type", order: "display_order"),
        // "Field definition model"; lists and links are texts.
        kinds: [
          "number": .number, "boolean": .flag, "date": .date,
          "multiselectlist": .texts(separator: ";"),
        ], reference: "definition_id", value: "value"))
  }
}
