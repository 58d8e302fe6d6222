import Simulation

/// Users, teams, sales and project reference data as the API writes them.
///
/// Source: developer.capsulecrm.com, v2, models `user`, `team`, `pipeline`, `milestone`, `board`,
/// `stage`, `lost_reason`, `category`, `activity_type`.
extension Account {
  func write(_ user: User, _ embeds: Embeds, to writer: inout Writer) {
    let isFirst = users.rows.first?.id == user.id
    writer.beginObject()
    writer.member("id", user.id)
    writer.member("username", user.username)
    writer.member("name", user.name)
    writer.member("status", user.isDeleted ? "DELETED" : "ACTIVE")
    writer.member("locale", user.locale)
    writer.member("currency", user.currency)
    writer.member("timezone", user.timezone)
    writer.member("emailPreference", "GMAIL")
    writer.member("clickToCallPreference", user.clickToCall)
    writer.member("preferredEmailFromAddress", "\(user.username)@sample.example")
    let full = switches.expandsEmbeds && embeds.contains(.party)
    writeParty("party", user.party, full: full, to: &writer)
    writer.instant("lastLoginAt", user.lastLoginAt)
    writer.member("taskReminder", user.id % 2 == 0)
    writer.member("loggedIn", isFirst)
    writer.member("deleted", user.isDeleted)
    writer.member("pictureURL", Account.picture("users", user.id))
    writer.key("roles")
    writer.beginObject()
    writer.member("isAccountOwner", isFirst)
    writer.member("isAccountAdmin", isFirst)
    writer.endObject()
    writer.endObject()
  }

  func write(_ team: Team, _ embeds: Embeds, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", team.id)
    writer.member("name", team.name)
    writer.member("description", team.description)
    writer.instant("createdAt", team.createdAt)
    writer.instant("updatedAt", team.updatedAt)
    if embeds.contains(.memberships) {
      writeArray("memberships", team.members, to: &writer) { member, writer in
        writeUser("user", member, to: &writer)
      }
    }
    writer.endObject()
  }

  /// A pipeline.
  func writePipeline(_ pipeline: Lane, to writer: inout Writer) {
    let open = milestones.rows.count { $0.pipeline == pipeline.id && !$0.isComplete }
    writer.beginObject()
    writer.member("id", pipeline.id)
    writer.member("name", pipeline.name)
    writer.member("description", pipeline.description)
    switch switches.archivedKey {
    case .deleted: writer.member("deleted", pipeline.isArchived)
    case .isDeleted: writer.member("isDeleted", pipeline.isArchived)
    }
    writer.member("openMilestoneCount", Int64(open))
    writer.instant("createdAt", pipeline.createdAt)
    writer.instant("updatedAt", pipeline.updatedAt)
    writer.endObject()
  }

  /// A board.
  func writeBoard(_ board: Lane, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", board.id)
    writer.member("name", board.name)
    writer.member("description", board.description)
    writer.member("deleted", board.isArchived)
    writer.instant("createdAt", board.createdAt)
    writer.instant("updatedAt", board.updatedAt)
    writer.endObject()
  }

  func write(_ milestone: Milestone, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", milestone.id)
    writer.member("name", milestone.name)
    writer.member("description", milestone.description)
    writer.member("complete", milestone.isComplete)
    writer.member("probability", milestone.probability)
    let pipeline = milestone.pipeline
    writeNamed("pipeline", pipeline, pipelines[pipeline]?.name, to: &writer)
    writer.member("daysUntilStale", milestone.daysUntilStale)
    writer.instant("createdAt", milestone.createdAt)
    writer.instant("updatedAt", milestone.updatedAt)
    writer.endObject()
  }

  func write(_ stage: Stage, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", stage.id)
    writer.member("name", stage.name)
    writer.member("description", stage.description)
    writeNamed("board", stage.board, boards[stage.board]?.name, to: &writer)
    writer.member("displayOrder", stage.displayOrder)
    writer.instant("createdAt", stage.createdAt)
    writer.instant("updatedAt", stage.updatedAt)
    writer.endObject()
  }

  func write(_ reason: LostReason, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", reason.id)
    writer.member("name", reason.name)
    writer.member("includedForConversion", reason.includedForConversion)
    writer.instant("createdAt", reason.createdAt)
    writer.instant("updatedAt", reason.updatedAt)
    writer.endObject()
  }

  func write(_ category: Category, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", category.id)
    writer.member("name", category.name)
    writer.member("colour", category.colour)
    writer.endObject()
  }

  func write(_ type: ActivityType, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", type.id)
    writer.member("name", type.name)
    if let icon = ActivityIcon.all.first(where: { $0.id == type.icon }) {
      writer.key("icon")
      write(icon, to: &writer)
    } else {
      writer.null("icon")
    }
    writer.member("updateLastContacted", type.updateLastContacted)
    writer.endObject()
  }

  func write(_ icon: ActivityIcon, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", icon.id)
    writer.member("displayName", icon.displayName)
    writer.member("iconName", icon.iconName)
    writer.member("order", icon.order)
    writer.member("isSystem", icon.isSystem)
    writer.endObject()
  }
}

/// An icon of `/activitytypes/icons`. Its id is a word.
struct ActivityIcon: Sendable {
  let id: String
  let displayName: String
  let iconName: String
  let order: Int64
  let isSystem: Bool

  static let all: [ActivityIcon] = [
    ActivityIcon(id: "NOTE", displayName: "Note", iconName: "note", order: 1, isSystem: true),
    ActivityIcon(
      id: "MEETING", displayName: "Meeting", iconName: "users", order: 2, isSystem: true),
    ActivityIcon(id: "PHONE", displayName: "Call", iconName: "phone", order: 3, isSystem: true),
    ActivityIcon(id: "TASK", displayName: "Task", iconName: "check", order: 4, isSystem: true),
    ActivityIcon(id: "EMAIL", displayName: "Email", iconName: "mail", order: 5, isSystem: true),
    ActivityIcon(id: "LUNCH", displayName: "Lunch", iconName: "fork", order: 6, isSystem: false),
    ActivityIcon(id: "VISIT", displayName: "Visit", iconName: "pin", order: 7, isSystem: false),
  ]
}
