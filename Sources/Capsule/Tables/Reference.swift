package import Model

/// Lists that records refer to. They are read whole in each run that reads them; most are one page.
extension Table {
  /// Seconds for which the lists of an account's settings may be left alone, and those that are the
  /// same for all accounts.
  private static let settingsRest: Int64 = 6 * 3_600
  private static let commonRest: Int64 = 7 * 86_400

  /// Source: "List users", "User model". `roles` stands on an older version of the model page.
  package static let users = Table(
    "users", .full, from: [Listing("users", "users", embed: ["party"])],
    columns: [
      .integer("id", or: .key),
      .text("username"),
      .text("name"),
      .text("status"),
      .text("locale"),
      .text("currency").naming("currencies"),
      .text("timezone"),
      .text("email_preference"),
      .text("click_to_call_preference"),
      .text("preferred_email_from_address"),
      .reference("party_id", to: "parties"),
      .dateTime("last_login_at"),
      .boolean("task_reminder"),
      .boolean("logged_in"),
      .boolean("deleted"),
      .text("picture_url", at: "pictureURL"),
      .boolean("roles_is_account_owner", at: "roles", "isAccountOwner"),
      .boolean("roles_is_account_admin", at: "roles", "isAccountAdmin"),
    ], rests: settingsRest)

  /// Source: "List teams", "Team model". Memberships come only when asked for.
  package static let teams = Table(
    "teams", .full, from: [Listing("teams", "teams", embed: ["memberships"])],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ],
    children: [
      Child(
        "team_memberships", at: "memberships", of: "team_id",
        elements: .objects([.reference("user_id", to: "users")]), isEmbedded: true)
    ], rests: settingsRest)

  /// Archived ones too. Source: "List pipelines", "Pipeline model".
  package static let pipelines = Table(
    "pipelines", .full,
    from: [Listing("pipelines", "pipelines", query: ["includeDeleted=true"], isCounted: true)],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .boolean("deleted", otherKey: "isDeleted"),
      .integer("open_milestone_count"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Of every pipeline: `/milestones` alone shows those of the oldest active one.
  /// Source: "List milestones by pipeline", "Milestone model".
  package static let milestones = Table(
    "milestones", .full,
    from: [
      Listing(
        "pipelines/{id}/milestones", "milestones",
        parent: Listing.Parent("pipelines", as: "pipeline_id"))
    ],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .boolean("complete"),
      .integer("probability"),
      .reference("pipeline_id", to: "pipelines"),
      .integer("days_until_stale"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Source: "List lost reasons", "Lost reason model".
  package static let lostReasons = Table(
    "lost_reasons", .full, from: [Listing("lostreasons", "lostReasons", isCounted: true)],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .boolean("included_for_conversion"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Archived ones too. Source: "List boards", "Board model".
  package static let boards = Table(
    "boards", .full, from: [Listing("boards", "boards", query: ["status=all"], isCounted: true)],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .boolean("deleted"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Those of archived boards too. Source: "List stages", "Stage model".
  package static let stages = Table(
    "stages", .full,
    from: [
      Listing(
        "stages", "stages", query: ["status=all", "includeOnDeletedBoard=true"], isCounted: true)
    ],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .reference("board_id", to: "boards"),
      .integer("display_order"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Source: "List categories", "Category model".
  package static let taskCategories = Table(
    "task_categories", .full, from: [Listing("categories", "categories")],
    columns: [.integer("id", or: .key), .text("name"), .text("colour")], rests: settingsRest)

  /// Source: "List activity types", "Activity type model". An icon's id is a text.
  package static let activityTypes = Table(
    "activity_types", .full, from: [Listing("activitytypes", "activityTypes")],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .reference("icon_id", to: "activity_type_icons", type: .text),
      .boolean("update_last_contacted"),
    ], rests: settingsRest)

  /// Source: "List activity type icons".
  package static let activityTypeIcons = Table(
    "activity_type_icons", .full,
    from: [Listing("activitytypes/icons", "activityTypeIcons")],
    columns: [
      .text("id", or: .key),
      .text("display_name"),
      .text("icon_name"),
      .integer("order"),
      .boolean("is_system"),
    ], rests: settingsRest)

  /// Source: "List track definitions", "Track definition model".
  package static let trackDefinitions = Table(
    "track_definitions", .full, from: [Listing("trackdefinitions", "trackDefinitions")],
    columns: [
      .integer("id", or: .key),
      .text("description"),
      .text("tag"),
      .text("capture_rule"),
      .text("direction"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ],
    children: [
      Child(
        "track_definition_tasks", at: "taskDefinitions", of: "track_definition_id",
        elements: .objects([
          .integer("id"),
          .text("description"),
          .text("days_after_rule"),
          .integer("days_after"),
          .text("day_delay_rule"),
          .integer("display_order"),
          .reference("category_id", to: "task_categories"),
          .text(
            "track_task_assignee_assignee_type", at: "trackTaskAssignee", "assigneeType"),
          .reference("track_task_assignee_owner_id", to: "users", at: "trackTaskAssignee", "owner"),
          .dateTime("created_at"),
          .dateTime("updated_at"),
        ]))
    ], rests: settingsRest)

  /// Titles that the account has added to the built-in ones. Source: "List custom titles".
  package static let personTitles = Table(
    "person_titles", .full, from: [Listing("titles", "personTitles")],
    columns: [.integer("id", or: .key), .text("title")], rests: settingsRest)

  /// Source: "List goals", "Goal model". The user comes as an object or as a bare id.
  package static let goals = Table(
    "goals", .full, from: [Listing("goals", "goals")],
    columns: [
      .integer("id", or: .key),
      .text("name"),
      .text("frequency"),
      .date("start_on"),
      .date("end_on"),
      .text("type"),
      .real("value"),
      .text("currency").naming("currencies"),
      .reference("user_id", to: "users"),
      .text("status"),
      .reference("pipeline_id", to: "pipelines"),
      .reference("milestone_id", to: "milestones"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Source: "List REST hooks", "REST hook model". A listing shows the calling application's.
  package static let restHooks = Table(
    "rest_hooks", .full, from: [Listing("resthooks", "restHooks")],
    columns: [
      .integer("id", or: .key),
      .text("event"),
      .text("target_url"),
      .text("description"),
      .text("embed"),
      .boolean("batched"),
      .integer("client_id"),
      .reference("user_id", to: "users"),
      .dateTime("created_at"),
      .dateTime("updated_at", or: .freshness),
    ], rests: settingsRest)

  /// Definitions of the three kinds of records; their ids repeat. Source: "List custom fields".
  package static let customFields = Table(
    "custom_fields", .full, from: ofEachEntity("fields/definitions", "definitions", "definition"),
    columns: [
      .listing("entity", .text, or: .key),
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .text("type"),
      .integer("display_order"),
      .boolean("important"),
      .reference("tag_id", to: .init("tag_definitions", with: ["entity"])),
      .text("capture_rule"),
    ],
    children: [
      Child(
        "custom_field_options", at: "options", of: "entity", "custom_field_id", elements: .strings)
    ],
    defines: Definitions(
      .named(
        by: "entity", ["party": "parties", "opportunity": "opportunities", "case": "cases"]),
      name: "name", "id", title: "name", type: "type"), rests: settingsRest)

  /// Tags of the three kinds of records, data tags among them. Source: "List tags".
  package static let tagDefinitions = Table(
    "tag_definitions", .full, from: ofEachEntity("tags", "tags", "tag"),
    columns: [
      .listing("entity", .text, or: .key),
      .integer("id", or: .key),
      .text("name"),
      .text("description"),
      .boolean("data_tag"),
    ],
    children: [
      Child(
        "tag_definition_definitions", at: "definitions", of: "entity", "tag_definition_id",
        elements: .references("definition_id", to: .init("custom_fields", with: ["entity"])),
        isEmbedded: true)
    ], rests: settingsRest)

  /// The three kinds of records that have fields and tags, each with a list of its own.
  private static func ofEachEntity(
    _ path: String, _ envelope: String, _ record: String
  ) -> [Listing] {
    [("parties", "party"), ("opportunities", "opportunity"), ("kases", "case")].map {
      Listing(
        "\($0.0)/\(path)", envelope, record: record, isCounted: true,
        constant: Listing.Constant("entity", $0.1))
    }
  }

  /// Source: "List countries". The numeric code is a number or a text.
  package static let countries = Table(
    "countries", .full, from: [Listing("countries", "countries")],
    columns: [
      .text("name"),
      .text("alpha2_code", at: "alpha2Code", or: .key),
      .text("alpha3_code", at: "alpha3Code"),
      .integerOrDigits("numeric_code"),
      .text("dial_code"),
    ], rests: commonRest)

  /// Source: "List currencies".
  package static let currencies = Table(
    "currencies", .full, from: [Listing("currencies", "currencies")],
    columns: [.text("code", or: .key), .text("symbol"), .text("name"), .text("plural_name")],
    rests: commonRest)

  /// The account itself, one row. Source: "Show site".
  package static let site = Table(
    "site", .full, from: [Listing("site", "site")],
    columns: [.text("url"), .text("subdomain", or: .key), .text("name")], rests: settingsRest)
}
