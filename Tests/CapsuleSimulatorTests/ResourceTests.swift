import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct ResourceTests {
  /// Envelope and keys of every account-wide listing.
  static let shapes: [(Resource, String, String)] = [
    (
      .parties, "parties",
      """
      id owner team type about createdAt updatedAt lastContactedAt pictureURL enrichment \
      phoneNumbers addresses emailAddresses websites tags fields missingImportantFields
      """
    ),
    (
      .opportunities, "opportunities",
      """
      id owner team party lostReason milestone lastOpenMilestone value expectedCloseOn probability \
      durationBasis duration closedOn createdAt updatedAt lastContactedAt lastStageChangedAt \
      description name tags fields missingImportantFields
      """
    ),
    (
      .kases, "kases",
      """
      id owner team party status opportunity stage createdAt updatedAt lastContactedAt description \
      name closedOn expectedCloseOn startOn tags fields missingImportantFields
      """
    ),
    (
      .tasks, "tasks",
      """
      id category description detail dueOn dueTime status party opportunity kase owner daysAfter \
      taskDelayRule nextTask active createdAt updatedAt completedBy completedAt taskDayDelayRule \
      overrideToCurrentUser repeat hasTrack
      """
    ),
    (
      .entries, "entries",
      """
      id type attachments participants creator activityType createdAt updatedAt entryAt subject \
      content party opportunity kase parties
      """
    ),
    (
      .users, "users",
      """
      id username name status locale currency timezone emailPreference clickToCallPreference \
      preferredEmailFromAddress party lastLoginAt taskReminder loggedIn deleted pictureURL roles
      """
    ),
    (.teams, "teams", "id name description createdAt updatedAt memberships"),
    (
      .pipelines, "pipelines",
      "id name description deleted openMilestoneCount createdAt updatedAt"
    ),
    (
      .milestones, "milestones",
      "id name description complete probability pipeline daysUntilStale createdAt updatedAt"
    ),
    (.lostReasons, "lostReasons", "id name includedForConversion createdAt updatedAt"),
    (.boards, "boards", "id name description deleted createdAt updatedAt"),
    (.stages, "stages", "id name description board displayOrder createdAt updatedAt"),
    (.categories, "categories", "id name colour"),
    (.activityTypes, "activityTypes", "id name icon updateLastContacted"),
    (.activityTypeIcons, "activityTypeIcons", "id displayName iconName order isSystem"),
    (
      .trackDefinitions, "trackDefinitions",
      "id description tag captureRule direction createdAt updatedAt taskDefinitions"
    ),
    (.titles, "personTitles", "id title"),
    (
      .goals, "goals",
      """
      id name frequency startOn endOn type value currency user status pipeline milestone createdAt \
      updatedAt
      """
    ),
    (
      .restHooks, "restHooks",
      "id event targetUrl description embed batched clientId user createdAt updatedAt"
    ),
    (.partyFields, "definitions", definitionKeys),
    (.opportunityFields, "definitions", definitionKeys),
    (.kaseFields, "definitions", definitionKeys),
    (.partyTags, "tags", "id name description dataTag"),
    (.opportunityTags, "tags", "id name description dataTag"),
    (.kaseTags, "tags", "id name description dataTag"),
    (.countries, "countries", "name alpha2Code alpha3Code numericCode dialCode"),
    (.currencies, "currencies", "code symbol name pluralName"),
    (.site, "site", "url subdomain name"),
  ]

  static let definitionKeys =
    "id type description important displayOrder name tag captureRule options"

  @Test(arguments: shapes)
  func `listing has its envelope and keys`(_ resource: Resource, envelope: String, keys: String) {
    let account = account()
    let reply = account.get(resource.target)
    #expect(reply.status == 200)
    #expect(JSON(reply.body)?.keys == [envelope])
    let rows = account.visible(resource)
    #expect(!rows.isEmpty)
    let person: Set = ["firstName", "lastName", "jobTitle", "title", "organisation"]
    for row in rows {
      var expected = Set(keys.split(separator: " ").map(String.init))
      if resource == .parties {
        if row["type"] == .string("person") {
          expected.formUnion(person)
        } else {
          expected.insert("name")
        }
      }
      #expect(Set(row.keys) == expected)
      #expect(row.keys.count == expected.count)
    }
  }

  @Test func `shapes cover every resource`() {
    #expect(Set(ResourceTests.shapes.map(\.0)) == Set(Resource.allCases))
  }

  @Test func `embed-only keys are absent unless asked`() {
    let account = account()
    for row in account.first("parties?embed=unknown") {
      #expect(Set(row.keys).isDisjoint(with: ["tags", "fields", "missingImportantFields"]))
    }
    #expect(account.first("teams").allSatisfy { !$0.keys.contains("memberships") })
    #expect(account.tree("parties?embed=meta")["meta"]?["totalCount"] == .number("25"))
  }

  @Test func `show gives the singular envelope`() throws {
    let account = account()
    let singulars: [(Resource, String, String)] = [
      (.parties, "parties", "party"), (.opportunities, "opportunities", "opportunity"),
      (.kases, "kases", "kase"), (.tasks, "tasks", "task"), (.entries, "entries", "entry"),
      (.users, "users", "user"), (.teams, "teams", "team"),
      (.pipelines, "pipelines", "pipeline"), (.milestones, "milestones", "milestone"),
      (.lostReasons, "lostreasons", "lostReason"), (.boards, "boards", "board"),
      (.stages, "stages", "stage"), (.categories, "categories", "category"),
      (.activityTypes, "activitytypes", "activityType"),
      (.trackDefinitions, "trackdefinitions", "trackDefinition"),
      (.titles, "titles", "personTitle"), (.goals, "goals", "goal"),
      (.restHooks, "resthooks", "restHook"), (.partyTags, "parties/tags", "tag"),
      (.kaseFields, "kases/fields/definitions", "definition"),
    ]
    for (resource, path, singular) in singulars {
      let id = try #require(account.ids(resource).first)
      #expect(account.tree("\(path)/\(id)")[singular]?["id"] == .number("\(id)"))
    }
    #expect(account.tree("users/current")["user"]?["loggedIn"] == .bool(true))
  }

  @Test func `several ids are all or nothing`() {
    let account = account()
    let ids = account.visibleIDs(.parties).map(String.init)
    let ten = ids.prefix(10).joined(separator: ",")
    #expect(account.listed("parties/\(ten)") == account.visibleIDs(.parties).prefix(10).map { $0 })
    let eleven = ids.prefix(11).joined(separator: ",")
    #expect(account.get("parties/\(eleven)").status == 422)
    #expect(account.get("parties/\(ids[0]),1").status == 404)
    #expect(account.tree("parties/\(ids[0])")["party"] != nil)
    #expect(account.get("entries/\(ids[0]),\(ids[1])").status == 404)
  }

  @Test(arguments: [
    (Resource.parties, "parties", "party"), (.opportunities, "opportunities", "opportunity"),
    (.kases, "kases", "kase"), (.tasks, "tasks", "task"), (.pipelines, "pipelines", "pipeline"),
  ])
  func `several ids can be shown`(_ resource: Resource, path: String, singular: String) {
    let account = account(.scaled(parties: 80))
    let ids = Array(account.ids(resource).prefix(3))
    #expect(ids.count == 3)
    let list = ids.map(String.init).joined(separator: ",")
    #expect(account.tree("\(path)/\(list)").keys == [path])
    #expect(account.listed("\(path)/\(list)") == ids)
    #expect(account.tree("\(path)/\(ids[0])").keys == [singular])
    #expect(account.get("\(path)/\(list),1").status == 404)
    #expect(account.get("\(path)/\(list),x").status == 404)
    let eleven = Array(repeating: "\(ids[0])", count: 11).joined(separator: ",")
    #expect(account.get("\(path)/\(eleven)").status == 422)
  }

  @Test func `shows honour embeds`() throws {
    let account = account()
    for entity in Entity.allCases {
      let ids = account.visibleIDs(entity)
      let query = "embed=tags,fields,missingImportantFields"
      let one = account.tree("\(entity.rawValue)/\(ids[0])?\(query)")[entity.singular]
      let several = account.first("\(entity.rawValue)/\(ids[0]),\(ids[1])?\(query)")
      #expect(one == several[0])
      #expect(one?["tags"] != nil && one?["fields"] != nil)
      #expect(one?["missingImportantFields"] != nil)
      let bare = account.tree("\(entity.rawValue)/\(ids[0])")[entity.singular]
      #expect(bare?["tags"] == nil)
    }
    let team = try #require(account.ids(.teams).first)
    #expect(account.tree("teams/\(team)?embed=memberships")["team"]?["memberships"] != nil)
  }

  @Test func `parts of a record`() throws {
    let account = account()
    for person in account.visible(.parties) {
      guard let employer = person["organisation"]?["id"]?.integer,
        let id = person["id"]?.integer
      else { continue }
      #expect(account.listed("parties/\(employer)/people").contains(id))
    }
    let link = try #require(account.links(.opportunities).first)
    #expect(account.listed("opportunities/\(link.parent)/parties").contains(link.party))
    let tracks = Entity.allCases.flatMap { entity in
      account.tracks(entity).map { (entity, $0.parent, $0.track) }
    }
    let (entity, parent, track) = try #require(tracks.first)
    let id = try #require(track["id"]?.integer)
    #expect(account.listed("\(entity.rawValue)/\(parent)/tracks?embed=tasks").contains(id))
    #expect(track["tasks"]?.items.isEmpty == false)
    #expect(account.tree("tracks/\(id)")["track"]?["id"] == .number("\(id)"))
    #expect(account.get("tracks").status == 405)
  }

  @Test func `entries of a record come newest first`() throws {
    let account = account()
    let instants = account.first("entries").compactMap { $0["entryAt"]?.string }
    #expect(instants.count == 20)
    #expect(instants == instants.sorted(by: >))
    let ofParties = account.visibleIDs(.parties).map {
      account.listed("parties/\($0)/entries").count
    }
    #expect(ofParties.contains { $0 > 0 })
    #expect(
      account.get("parties/\(account.visibleIDs(.parties)[0])/entries?perPage=51").status == 422)
  }

  @Test func `only the oldest active pipeline has plain milestones`() {
    let account = account()
    let pipelines = account.first("pipelines?includeDeleted=true")
    let archived = pipelines.filter { $0["deleted"] == .bool(true) }
    #expect(archived.count == 1)
    #expect(account.first("pipelines").count == pipelines.count - 1)
    let owners = Set(account.first("milestones").compactMap { $0["pipeline"]?["id"]?.integer })
    #expect(owners.count == 1)
    #expect(!owners.contains(archived[0]["id"]?.integer ?? 0))
    let all = pipelines.compactMap { $0["id"]?.integer }.flatMap {
      account.listed("pipelines/\($0)/milestones")
    }
    #expect(Set(all) == Set(account.listed("milestones/all")))
    #expect(all.count == 18)
  }

  @Test func `boards and stages hide the archived`() {
    let account = account()
    #expect(account.first("boards").count == 1)
    #expect(account.first("boards?status=all").count == 2)
    #expect(account.first("stages").count == 5)
    #expect(account.first("stages?status=all").count == 5)
    #expect(account.first("stages?status=all&includeOnDeletedBoard=true").count == 10)
    #expect(account.listed("boards/\(account.listed("boards")[0])/stages").count == 5)
  }

  @Test func `tasks are open unless asked`() {
    let account = account()
    let statuses = { (target: String) in
      Set(account.first(target).compactMap { $0["status"]?.string })
    }
    #expect(statuses("tasks") == ["OPEN"])
    #expect(statuses("tasks?status=completed") == ["COMPLETED"])
    #expect(statuses("tasks?status=open,completed,pending") == ["OPEN", "COMPLETED", "PENDING"])
  }

  @Test func `definition ids repeat across entities`() {
    let account = account()
    #expect(!Set(account.ids(.partyFields)).isDisjoint(with: account.ids(.kaseFields)))
  }

  @Test func `the lists of countries and currencies are complete`() {
    let account = account()
    #expect(account.first("countries").count == 250)
    #expect(account.first("currencies").count == 80)
    let codes = account.first("countries").compactMap { $0["alpha2Code"]?.string }
    #expect(Set(codes).count == 250)
    let kingdom = account.first("countries").first { $0["alpha2Code"] == .string("GB") }
    #expect(kingdom?["numericCode"] == .number("826"))
    #expect(kingdom?["dialCode"] == .string("+44"))
  }
}
