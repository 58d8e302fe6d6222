internal import Simulation

/// Opportunities, cases, tasks and entries as their lists give them with every embed asked for.
extension RecordWriter {
  func reference(_ key: StaticString, _ id: Int, _ name: String, _ text: inout Writer) {
    text.object(key) {
      $0.member("id", id)
      $0.member("name", name)
    }
  }

  func party(_ key: StaticString, _ draws: inout Draws, _ text: inout Writer) {
    let number = draws.below(parties)
    text.object(key) { element(number, &$0) }
  }

  private func element(_ number: Int, _ text: inout Writer) {
    text.member("id", partyID(number))
    text.member("type", "organisation")
    text.member("name", organisationName(number))
    text.member(
      "pictureURL", "https://facehub.example.test/default/org?text=\(number)&size=100")
  }

  func opportunity(_ number: Int, _ text: inout Writer) {
    var draws = Draws(seed ^ 3, number)
    text.beginObject()
    text.member("id", dealID(number))
    owner("owner", &draws, &text)
    team(&draws, &text)
    party("party", &draws, &text)
    text.null("lostReason")
    named("milestone", 500, Vocabulary.milestones, &draws, &text)
    named("lastOpenMilestone", 500, Vocabulary.milestones, &draws, &text)
    text.object("value") {
      $0.member("amount", draws.int(100...900_000))
      $0.raw(".5")
      $0.member("currency", draws.pick(["EUR", "GBP", "USD"]))
    }
    text.date("expectedCloseOn", draws.int(Self.changed))
    text.member("probability", draws.below(11) * 10)
    text.member("durationBasis", draws.pick(["FIXED", "MONTH", "YEAR"]))
    text.member("duration", draws.chance(60) ? nil : draws.int(1...36))
    text.date("closedOn", draws.chance(60) ? nil : draws.int(Self.changed))
    times(number, &draws, &text)
    text.instant("lastStageChangedAt", draws.int(Self.changed))
    text.member("description", draws.chance(30) ? nil : sentence(&draws, 8...40))
    text.member("name", sentence(&draws, 3...8))
    tags(&draws, &text)
    fields(3_000_000 + number * 8, &draws, &text)
    text.member("missingImportantFields", draws.chance(20))
    text.raw("}")
  }

  func kase(_ number: Int, _ text: inout Writer) {
    var draws = Draws(seed ^ 4, number)
    text.beginObject()
    text.member("id", caseID(number))
    owner("owner", &draws, &text)
    team(&draws, &text)
    party("party", &draws, &text)
    text.member("status", draws.pick(["OPEN", "CLOSED"]))
    if draws.chance(50) {
      text.null("opportunity")
    } else {
      reference("opportunity", dealID(draws.below(10_000)), sentence(&draws, 3...8), &text)
    }
    named("stage", 600, Vocabulary.milestones, &draws, &text)
    times(number, &draws, &text)
    text.member("description", draws.chance(30) ? nil : sentence(&draws, 8...40))
    text.member("name", sentence(&draws, 3...8))
    text.date("closedOn", draws.chance(60) ? nil : draws.int(Self.changed))
    text.date("expectedCloseOn", draws.int(Self.changed))
    text.date("startOn", draws.int(Self.made))
    tags(&draws, &text)
    fields(4_000_000 + number * 8, &draws, &text)
    text.member("missingImportantFields", draws.chance(20))
    text.raw("}")
  }

  func task(_ number: Int, _ text: inout Writer) {
    var draws = Draws(seed ^ 5, number)
    let status = draws.pick(["OPEN", "COMPLETED", "COMPLETED", "PENDING"])
    let isDone = status == "COMPLETED"
    text.beginObject()
    text.member("id", 40_011 + number * 3)
    let category = draws.below(Vocabulary.categories.count)
    text.object("category") {
      $0.member("id", 700 + category)
      $0.member("name", Vocabulary.categories[category])
      $0.member("colour", "#004588")
    }
    text.member("description", sentence(&draws, 3...10))
    text.member("detail", draws.chance(50) ? nil : sentence(&draws, 8...30))
    text.date("dueOn", draws.int(Self.changed))
    text.member("dueTime", draws.chance(50) ? nil : "17:00:00")
    text.member("status", status)
    if draws.chance(80) { party("party", &draws, &text) } else { text.null("party") }
    text.null("opportunity")
    text.null("kase")
    owner("owner", &draws, &text)
    text.null("daysAfter")
    text.null("taskDelayRule")
    text.null("nextTask")
    text.member("active", status != "PENDING")
    text.instant("createdAt", draws.int(Self.made))
    text.instant("updatedAt", draws.int(Self.changed))
    text.member("completedBy", isDone ? "user\(draws.below(12))" : nil)
    text.instant("completedAt", isDone ? draws.int(Self.changed) : nil)
    text.member("taskDayDelayRule", "TRACK_DAYS")
    text.null("overrideToCurrentUser")
    if draws.chance(90) {
      text.null("repeat")
    } else {
      text.object("repeat") {
        $0.member("interval", 1)
        $0.member("frequency", "MONTHLY")
        $0.member("on", "1")
      }
    }
    text.member("hasTrack", draws.chance(10))
    text.raw("}")
  }

  /// Newest first: the higher the number, the older the entry.
  func entry(_ number: Int, _ text: inout Writer) {
    var draws = Draws(seed ^ 6, number)
    let kind = draws.pick(["note", "email", "email", "task"])
    let at = newestEntry - number * entryStep
    text.beginObject()
    text.member("id", 90_000_011 - number * 3)
    text.member("type", kind)
    attachments(5_000_000 + number * 4, kind, &draws, &text)
    participants(6_000_000 + number * 4, kind, &draws, &text)
    owner("creator", &draws, &text)
    activityType(kind, &draws, &text)
    text.instant("createdAt", at + 5)
    text.instant("updatedAt", at + 5)
    text.instant("entryAt", at)
    text.member("subject", kind == "email" ? sentence(&draws, 3...8) : nil)
    text.member("content", sentence(&draws, 20...180))
    about(isParty: deals == 0, mayBeNone: kind == "email", &draws, &text)
    text.array("parties") { list in
      let first = draws.below(parties)
      for index in 0..<(kind == "email" ? draws.int(1...3) : 1) {
        list.beginObject()
        element(first + index, &list)
        list.raw("}")
      }
    }
    text.raw("}")
  }

  /// The one record that a task or an entry belongs to: a party, or any kind by chance.
  func about(isParty: Bool, mayBeNone: Bool, _ draws: inout Draws, _ text: inout Writer) {
    let lot = isParty ? 0 : draws.below(100)
    if lot < 60 && (isParty || !mayBeNone) {
      party("party", &draws, &text)
    } else {
      text.null("party")
    }
    if (60..<85).contains(lot), deals > 0 {
      reference("opportunity", dealID(draws.below(deals)), "Deal", &text)
    } else {
      text.null("opportunity")
    }
    if lot >= 85, cases > 0 {
      reference("kase", caseID(draws.below(cases)), "Case", &text)
    } else {
      text.null("kase")
    }
  }

  /// Any type, or in an account of several tables one that goes with the kind of entry.
  private func activityType(_ kind: String, _ draws: inout Draws, _ text: inout Writer) {
    guard deals > 0 else {
      return named("activityType", 800, Vocabulary.categories, &draws, &text)
    }
    let choices =
      switch kind {
      case "email": ["Email"]
      case "task": ["To do"]
      default: ["Call", "Follow-up", "Meeting"]
      }
    let name = draws.pick(choices)
    let place = Vocabulary.categories.firstIndex(of: name) ?? 0
    reference("activityType", 800 + place, name, &text)
  }

  func dealID(_ number: Int) -> Int { 20_011 + number * 3 }
  func caseID(_ number: Int) -> Int { 30_011 + number * 3 }

  private func attachments(
    _ id: Int, _ kind: String, _ draws: inout Draws, _ text: inout Writer
  ) {
    text.array("attachments") {
      for index in 0..<draws.pick([0, 0, 0, 1, 2]) where kind != "task" {
        $0.beginObject()
        $0.member("id", id + index)
        $0.member("filename", "offer-\(draws.int(1...9_999)).pdf")
        $0.member("contentType", "application/pdf")
        $0.member("size", draws.int(10_000...5_000_000))
        $0.raw("}")
      }
    }
  }

  private func participants(
    _ id: Int, _ kind: String, _ draws: inout Draws, _ text: inout Writer
  ) {
    text.array("participants") {
      for index in 0..<(kind == "email" ? draws.int(2...4) : 0) {
        let name = draws.below(Vocabulary.firstNames.count)
        $0.beginObject()
        $0.member("id", id + index)
        $0.member("address", "person\(draws.int(1...9_999))@mail\(index).example.test")
        $0.member("name", Vocabulary.firstNames[name])
        $0.member("role", index == 0 ? "FROM" : "TO")
        $0.raw("}")
      }
    }
  }
}
