internal import Simulation

/// A list as the account gives it at an instant.
struct RecordList {
  let count: Int
  /// Writes the record at a place, from 0.
  let write: (_ place: Int, _ text: inout Writer) -> Void
}

/// Which records the account's lists hold.
extension Account {
  static let lostReasons = ["Price", "Went elsewhere", "No answer", "No budget", "Duplicate"]
  static let stages = [
    "To do", "In progress", "Review", "Done", "New", "Scheduled", "On site", "Invoiced",
  ]

  /// The list at a path; nil for one that is empty.
  func list(_ path: String, since: Int?, at instant: Int) -> RecordList? {
    switch path {
    case "parties":
      let numbers = since.map { partyChanges.numbers(from: $0, to: instant) }
      return list(numbers, parties.count(at: instant)) { party($0, at: instant, &$1) }
    case "opportunities":
      let numbers =
        since.map { dealChanges.numbers(from: $0, to: instant) }
        ?? Array(0..<deals.count(at: instant))
      return list(numbers.filter { isDealAlive($0, at: instant) }, 0) {
        opportunity($0, at: instant, &$1)
      }
    case "opportunities/deleted":
      let deleted = (0..<deals.count).filter {
        dealDeleted($0).map { $0 >= since ?? 0 && $0 <= instant } ?? false
      }
      return list(deleted, 0) {
        $1.beginObject()
        $1.member("id", writer.dealID($0))
        $1.instant("deletedAt", dealDeleted($0))
        $1.raw("}")
      }
    case "kases":
      let numbers = since.map { caseChanges.numbers(from: $0, to: instant) }
      return list(numbers, cases.count(at: instant)) { kase($0, at: instant, &$1) }
    case "tasks": return list(nil, tasks.count(at: instant)) { task($0, at: instant, &$1) }
    case "entries":
      let unknown = entriesAfter(instant)
      return list(nil, entries - unknown) { entry(unknown + $0, &$1) }
    default: return setting(path)
    }
  }

  /// The records of these numbers, or the first so many.
  private func list(
    _ numbers: [Int]?, _ count: Int, _ write: @escaping (Int, inout Writer) -> Void
  ) -> RecordList {
    RecordList(count: numbers?.count ?? count) { place, text in
      write(numbers?[place] ?? place, &text)
    }
  }

  // MARK: What does not change

  private func setting(_ path: String) -> RecordList? {
    let parts = path.split(separator: "/").map(String.init)
    switch (parts.first, parts.last) {
    case ("users", _): return RecordList(count: 12) { user($0, &$1) }
    case ("teams", _): return named(200, Vocabulary.teams)
    case ("pipelines", "milestones"):
      let pipeline = Pipeline.all.first { "\($0.id)" == parts[1] }
      return pipeline.map { pipeline in
        RecordList(count: pipeline.milestones.count) { milestone(pipeline, $0, &$1) }
      }
    case ("pipelines", _):
      return named(50, Pipeline.all.map(\.name)) {
        $1.member("deleted", Pipeline.all[$0].isArchived)
      }
    case ("lostreasons", _):
      return named(900, Self.lostReasons) { $1.member("includedForConversion", $0 != 4) }
    case ("boards", _):
      return named(60, ["Delivery", "Installation"]) { $1.member("deleted", false) }
    case ("stages", _):
      return named(600, Self.stages) { place, text in
        text.object("board") { $0.member("id", 60 + place / 4) }
        text.member("displayOrder", place % 4)
      }
    case ("categories", _): return named(700, Vocabulary.categories)
    case ("activitytypes", "activitytypes"):
      return named(800, Vocabulary.categories) { $1.member("updateLastContacted", true) }
    case (_, "definitions"): return named(400, Vocabulary.fields.map(\.name)) { field($0, &$1) }
    case (_, "tags"): return named(300, Vocabulary.tags) { $1.member("dataTag", $0 % 9 == 0) }
    default: return nil
    }
  }

  /// Records with an id and a name, and what `more` writes.
  private func named(
    _ first: Int, _ names: [String],
    _ more: @escaping (Int, inout Writer) -> Void = { _, _ in }
  ) -> RecordList {
    RecordList(count: names.count) { place, text in
      text.beginObject()
      text.member("id", first + place)
      text.member("name", names[place])
      more(place, &text)
      text.raw("}")
    }
  }

  /// One of them has left.
  private func user(_ number: Int, _ text: inout Writer) {
    let (first, last) = (Vocabulary.firstNames[number], Vocabulary.lastNames[number])
    text.beginObject()
    text.member("id", 100 + number)
    text.member("username", "user\(number)")
    text.member("name", "\(first) \(last)")
    text.member("deleted", number == 11)
    text.raw("}")
  }

  private func milestone(_ pipeline: Pipeline, _ place: Int, _ text: inout Writer) {
    let milestone = pipeline.milestones[place]
    text.beginObject()
    text.member("id", pipeline.milestoneID(place))
    text.member("name", milestone.name)
    text.member("complete", place >= pipeline.won)
    text.member("probability", milestone.probability)
    text.member("daysUntilStale", milestone.stale)
    text.raw("}")
  }

  private func field(_ place: Int, _ text: inout Writer) {
    let kind = Vocabulary.fields[place].kind
    let type =
      switch kind {
      case .date: "date"
      case .list: "list"
      case .number: "number"
      case .text, .note: "text"
      case .flag: "boolean"
      }
    text.member("type", type)
    text.member("displayOrder", place)
    text.array("options") { options in
      for choice in Vocabulary.choices where kind == .list { options.element(choice) }
    }
  }
}
