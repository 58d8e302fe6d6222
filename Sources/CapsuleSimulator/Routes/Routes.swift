import Simulation

/// Finds the listing or the record that a path names.
///
/// Source: developer.capsulecrm.com, v2, the `operations` pages.
extension Account {
  /// Answers a request; the two methods that read are GET and, for filters, POST.
  func answer(method: String, query: Query, body: [UInt8]) -> Answer {
    let path = query.segments
    if path.count == 3, path[1] == "filters", path[2] == "results",
      let entity = Entity(rawValue: path[0])
    {
      return method == "POST" ? filter(entity, query, body) : .methodNotAllowed
    }
    let answer = read(query)
    if method == "GET" { return answer }
    if case .failure(404, _) = answer { return answer }
    return .methodNotAllowed
  }

  private func read(_ query: Query) -> Answer {
    guard let first = query.segments.first else { return .notFound }
    let rest = query.segments.dropFirst()
    if let entity = Entity(rawValue: first) { return read(entity, rest, query) }
    let embeds = query.embeds
    switch first {
    case "tasks": return readTasks(rest, query)
    case "entries": return readEntries(rest, query)
    case "activities" where rest.isEmpty: return readActivities(query)
    case "tracks":
      guard let id = rest.first else { return .methodNotAllowed }
      guard rest.count == 1 else { return .notFound }
      return show("tracks", "track", tracks, id) { self.write($0, embeds, to: &$1) }
    case "users": return readUsers(rest, query)
    case "teams":
      return unpaged(
        collection("teams", "team", teams, rest, query) { self.write($0, embeds, to: &$1) },
        hasMeta: false)
    default: return readSales(first, rest, query) ?? readSettings(first, rest, query)
    }
  }

  private func readTasks(_ rest: ArraySlice<String>, _ query: Query) -> Answer {
    let embeds = query.embeds
    let wanted = (query["status"] ?? "open").split(separator: ",").map { $0.uppercased() }
    var since: Int64 = .min
    if switches.tasksHonourSince, rest.isEmpty, let text = query["since"] {
      guard let instant = parseInstant(text) else { return badSince("task") }
      since = instant
    }
    return collection(
      "tasks", "task", tasks, rest, query, allowsSeveral: switches.showsSeveralTasks,
      follows: true,
      where: { task in
        let isLost = since > .min && switches.tasksLoseChanges && task.id.isMultiple(of: 4)
        return wanted.contains(task.status.rawValue) && isRecent(task.updatedAt, since) && !isLost
      }
    ) { self.write($0, embeds, to: &$1) }
  }

  private func readEntries(_ rest: ArraySlice<String>, _ query: Query) -> Answer {
    let embeds = query.embeds
    if let id = rest.first {
      guard rest.count == 1 else { return .notFound }
      return show("entries", "entry", entries, id) { self.write($0, embeds, to: &$1) }
    }
    var listing = list("entries", entries, query, by: Entry.newestFirst, follows: true) {
      self.write($0, embeds, to: &$1)
    }
    listing.hasMeta = switches.countsEntries
    return .listing(listing)
  }

  /// The newest first. Other members than these are left out; nobody has seen them all.
  private func readActivities(_ query: Query) -> Answer {
    let form = switches.activities
    if form == .missing { return .notFound }
    var since: Int64 = .min
    if form != .all, let text = query["since"] {
      guard let instant = parseInstant(text) else { return badSince("activity") }
      since = instant
    }
    let told = activities.reversed().filter { activity in
      guard isRecent(activity.createdAt, since) else { return false }
      return form != .creations || !activity.isEdit && !activity.isDeletion
    }
    return .listing(
      Listing(key: "activities", count: told.count) { place, writer in
        self.write(told[place], to: &writer)
      })
  }

  private func readUsers(_ rest: ArraySlice<String>, _ query: Query) -> Answer {
    let embeds = query.embeds
    if rest == ["current"] {
      guard let current = currentUser.map({ users[$0] }) ?? users.rows.first else {
        return .notFound
      }
      return .single("user") { self.write(current, embeds, to: &$0) }
    }
    let answer = collection(
      "users", "user", users, rest, query,
      where: { switches.listsRemovedUsers || !$0.isDeleted }
    ) { self.write($0, embeds, to: &$1) }
    return unpaged(answer, hasMeta: false)
  }

  private func readSales(
    _ first: String, _ rest: ArraySlice<String>, _ query: Query
  ) -> Answer? {
    switch first {
    case "pipelines":
      if rest.count == 2, rest.last == "milestones" {
        guard let id = rest.first.flatMap({ Int64($0) }), pipelines.contains(id) else {
          return .message(404, "pipeline not found")
        }
        return listMilestones(query) { $0.pipeline == id }
      }
      let all = query["includeDeleted"] == "true"
      return collection(
        "pipelines", "pipeline", pipelines, rest, query, allowsSeveral: true,
        where: { all || !$0.isArchived }
      ) { self.writePipeline($0, to: &$1) }
    case "milestones": return readMilestones(rest, query)
    case "boards":
      if rest.count == 2, rest.last == "stages" {
        guard let id = rest.first.flatMap({ Int64($0) }), boards.contains(id) else {
          return .message(404, "board not found")
        }
        return collection(
          "stages", "stage", stages, [], query,
          where: { $0.board == id && hasStatus($0.isArchived, query) }
        ) { self.write($0, to: &$1) }
      }
      return collection(
        "boards", "board", boards, rest, query, where: { hasStatus($0.isArchived, query) }
      ) { self.writeBoard($0, to: &$1) }
    case "stages":
      let onArchived = query["includeOnDeletedBoard"] == "true"
      return collection(
        "stages", "stage", stages, rest, query,
        where: {
          hasStatus($0.isArchived, query) && (onArchived || boards[$0.board]?.isArchived == false)
        }
      ) { self.write($0, to: &$1) }
    case "lostreasons":
      return collection("lostReasons", "lostReason", lostReasons, rest, query) {
        self.write($0, to: &$1)
      }
    case "goals":
      return collection("goals", "goal", goals, rest, query) { self.write($0, to: &$1) }
    default: return nil
    }
  }

  private func readMilestones(_ rest: ArraySlice<String>, _ query: Query) -> Answer {
    if rest.isEmpty {
      let active = pipelines.rows.filter { !$0.isArchived }
      let oldest = active.min { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }?.id
      return listMilestones(query) { $0.pipeline == oldest }
    }
    if rest == ["all"] {
      return switches.hasAllMilestones ? listMilestones(query) { _ in true } : .notFound
    }
    return collection("milestones", "milestone", milestones, rest, query) {
      self.write($0, to: &$1)
    }
  }

  private func listMilestones(
    _ query: Query, where matches: (Milestone) -> Bool
  ) -> Answer {
    .listing(list("milestones", milestones, query, where: matches) { self.write($0, to: &$1) })
  }

  private func readSettings(
    _ first: String, _ rest: ArraySlice<String>, _ query: Query
  ) -> Answer {
    switch first {
    case "categories":
      return collection("categories", "category", categories, rest, query) {
        self.write($0, to: &$1)
      }
    case "activitytypes":
      if rest == ["icons"] {
        return fixed("activityTypeIcons", ActivityIcon.all) { self.write($0, to: &$1) }
      }
      return collection("activityTypes", "activityType", activityTypes, rest, query) {
        self.write($0, to: &$1)
      }
    case "trackdefinitions":
      let rules = ["kases": "CASEFILE", "opportunities": "OPPORTUNITY"]
      let rule = rules[query["type"] ?? ""]
      return collection(
        "trackDefinitions", "trackDefinition", trackDefinitions, rest, query,
        where: { rule == nil || $0.captureRule == rule }
      ) { self.write($0, to: &$1) }
    case "titles":
      return unpaged(
        collection("personTitles", "personTitle", titles, rest, query) { self.write($0, to: &$1) })
    case "resthooks":
      return unpaged(
        collection("restHooks", "restHook", restHooks, rest, query) { self.write($0, to: &$1) })
    case "countries" where rest.isEmpty:
      return fixed("countries", Country.all) { self.write($0, to: &$1) }
    case "currencies" where rest.isEmpty:
      return fixed("currencies", Currency.all) { self.write($0, to: &$1) }
    case "site" where rest.isEmpty: return .single("site") { self.writeSite(to: &$0) }
    default: return .notFound
    }
  }

  private func fixed<Element>(
    _ key: StaticString, _ elements: [Element],
    _ write: @escaping (Element, inout Writer) -> Void
  ) -> Answer {
    .listing(
      Listing(
        key: key, count: elements.count, write: { write(elements[$0], &$1) }, isPaged: false,
        hasMeta: false))
  }

  private func unpaged(_ answer: Answer, hasMeta: Bool = true) -> Answer {
    guard case .listing(var listing) = answer else { return answer }
    listing.isPaged = false
    listing.hasMeta = hasMeta
    return .listing(listing)
  }

  /// The `status` parameter of boards and stages, `active` unless given.
  private func hasStatus(_ isArchived: Bool, _ query: Query) -> Bool {
    switch query["status"] {
    case "all": true
    case "archived", "deleted": isArchived
    default: !isArchived
    }
  }

  func isRecent(_ instant: Int64, _ since: Int64) -> Bool {
    switches.sinceIsInclusive ? instant >= since : instant > since
  }

  func badSince(_ resource: String) -> Answer {
    .invalid("since is invalid", resource: resource, field: "since")
  }
}
