package import Simulation

/// Every account-wide listing, with all embeds and all rows: what a complete copy holds.
package enum Resource: String, CaseIterable, Sendable {
  case parties, opportunities, kases, tasks, entries
  case users, teams, pipelines, milestones, lostReasons, boards, stages
  case categories, activityTypes, activityTypeIcons, trackDefinitions, titles, goals, restHooks
  case partyFields, opportunityFields, kaseFields
  case partyTags, opportunityTags, kaseTags
  case countries, currencies, site

  /// The target that lists it in full.
  package var target: String {
    switch self {
    case .parties, .opportunities, .kases: "\(rawValue)?embed=tags,fields,missingImportantFields"
    case .tasks: "tasks?status=open,completed,pending"
    case .teams: "teams?embed=memberships"
    case .pipelines: "pipelines?includeDeleted=true"
    case .milestones: "milestones/all"
    case .lostReasons: "lostreasons"
    case .boards: "boards?status=all"
    case .stages: "stages?status=all&includeOnDeletedBoard=true"
    case .activityTypes: "activitytypes"
    case .activityTypeIcons: "activitytypes/icons"
    case .trackDefinitions: "trackdefinitions"
    case .restHooks: "resthooks"
    case .partyFields: "parties/fields/definitions"
    case .opportunityFields: "opportunities/fields/definitions"
    case .kaseFields: "kases/fields/definitions"
    case .partyTags: "parties/tags"
    case .opportunityTags: "opportunities/tags"
    case .kaseTags: "kases/tags"
    default: rawValue
    }
  }
}

extension Account {
  /// The truth about a resource: every record the token may see, as it would be sent.
  package func visible(_ resource: Resource) -> [JSON] {
    guard resource == .milestones, !switches.hasAllMilestones else {
      return rows(resource.target)
    }
    return ids(.pipelines).flatMap { rows("pipelines/\($0)/milestones") }
  }

  /// The ids of a resource in ascending order.
  package func ids(_ resource: Resource) -> [Int64] {
    visible(resource).compactMap { $0["id"]?.integer }.sorted()
  }

  /// The additional parties of every visible opportunity or case, by parent and party.
  package func links(_ entity: Entity) -> [(parent: Int64, party: Int64)] {
    visibleIDs(entity).flatMap { parent in
      additionalParties(of: Parent(entity: entity, id: parent))
        .filter { isVisible(.parties, $0) }.sorted().map { (parent, $0) }
    }
  }

  /// The tracks of every visible record of an entity, with their tasks.
  package func tracks(_ entity: Entity) -> [(parent: Int64, track: JSON)] {
    let withTracks = Set(tracks.rows.filter { $0.parent.entity == entity }.map(\.parent.id))
    return visibleIDs(entity).filter(withTracks.contains).flatMap { parent in
      rows("\(entity.rawValue)/\(parent)/tracks?embed=task,tasks").map { (parent, $0) }
    }
  }

  /// The ids of an entity's visible records in ascending order.
  package func visibleIDs(_ entity: Entity) -> [Int64] {
    let all: [Common] =
      switch entity {
      case .parties: parties.shown.map(\.common)
      case .opportunities: opportunities.shown.map(\.common)
      case .kases: kases.shown.map(\.common)
      }
    return all.filter(\.isVisible).map(\.id).sorted()
  }

  /// The ids an entity's deleted feed names, and those it names as restricted.
  package func gone(_ entity: Entity) -> (deleted: [Int64], restricted: [Int64]) {
    let deleted = statements(entity).map(\.id).sorted()
    let all: [Common] =
      switch entity {
      case .parties: parties.rows.map(\.common)
      case .opportunities: opportunities.rows.map(\.common)
      case .kases: kases.rows.map(\.common)
      }
    return (deleted, all.filter { $0.restrictedAt.map(isRetained) ?? false }.map(\.id).sorted())
  }
}
