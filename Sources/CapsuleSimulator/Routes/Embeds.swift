/// The values of the `embed` parameter. Unknown ones are ignored, as the API does.
struct Embeds: OptionSet {
  let rawValue: Int

  static let tags = Embeds(rawValue: 1)
  static let fields = Embeds(rawValue: 1 << 1)
  static let missingImportantFields = Embeds(rawValue: 1 << 2)
  static let organisation = Embeds(rawValue: 1 << 3)
  static let party = Embeds(rawValue: 1 << 4)
  static let opportunity = Embeds(rawValue: 1 << 5)
  static let kase = Embeds(rawValue: 1 << 6)
  static let milestone = Embeds(rawValue: 1 << 7)
  static let memberships = Embeds(rawValue: 1 << 8)
  static let tasks = Embeds(rawValue: 1 << 9)
  static let meta = Embeds(rawValue: 1 << 10)

  private static let names: [String: Embeds] = [
    "tags": .tags, "fields": .fields, "missingImportantFields": .missingImportantFields,
    "organisation": .organisation, "party": .party, "opportunity": .opportunity, "kase": .kase,
    "milestone": .milestone, "memberships": .memberships, "task": .tasks, "tasks": .tasks,
    "meta": .meta,
  ]
}

extension Embeds {
  /// Reads the comma-separated list.
  init(parsing list: String) {
    self = []
    for name in list.split(separator: ",") {
      formUnion(Embeds.names[String(name)] ?? [])
    }
  }
}
