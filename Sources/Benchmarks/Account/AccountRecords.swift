internal import Simulation

/// The records of the account as they were at an instant.
extension Account {
  func party(_ number: Int, at instant: Int, _ text: inout Writer) {
    var writer = writer
    let (made, changed) = (parties.made(number), partyChanged(number))
    let isChanged = changed <= instant && changed > made
    writer.moments = (made, isChanged ? changed : made, isChanged ? changed : nil)
    writer.party(number, &text)
  }

  func opportunity(_ number: Int, at instant: Int, _ text: inout Writer) {
    let deal = deal(number)
    let (pipeline, state) = (deal.pipeline, deal.state(at: instant))
    let writer = writing(at: deal.made)
    var draws = Draws(writer.seed ^ 11, number)
    func milestone(_ key: StaticString, _ place: Int, _ text: inout Writer) {
      writer.reference(
        key, pipeline.milestoneID(place), pipeline.milestones[place].name, &text)
    }
    text.beginObject()
    text.member("id", writer.dealID(number))
    if let owner = state.owner {
      writer.user("owner", owner, &text)
    } else {
      text.null("owner")
    }
    writer.team(&draws, &text)
    writer.party("party", &draws, &text)
    let reason = draws.below(Self.lostReasons.count + 1)
    if state.stage == pipeline.lost, reason < Self.lostReasons.count {
      writer.reference("lostReason", 900 + reason, Self.lostReasons[reason], &text)
    } else {
      text.null("lostReason")
    }
    milestone("milestone", state.stage, &text)
    milestone("lastOpenMilestone", state.lastOpenStage, &text)
    let currency = draws.pick(["EUR", "EUR", "EUR", "GBP", "USD"])
    if draws.chance(6) {
      text.null("value")
    } else {
      text.object("value") {
        $0.member("amount", state.amount)
        $0.raw(".5")
        $0.member("currency", currency)
      }
    }
    text.date("expectedCloseOn", draws.chance(5) ? nil : state.expected)
    text.member("probability", pipeline.milestones[state.stage].probability)
    let basis = draws.pick(["FIXED", "FIXED", "MONTH", "YEAR"])
    text.member("durationBasis", basis)
    text.member("duration", basis == "FIXED" ? nil : draws.int(1...36))
    text.date("closedOn", state.closed)
    text.instant("createdAt", deal.made)
    text.instant("updatedAt", state.updated)
    text.instant("lastContactedAt", state.contacted)
    text.instant("lastStageChangedAt", state.stageAt)
    finish(3_000_000 + number * 8, writer, &draws, &text)
  }

  func kase(_ number: Int, at instant: Int, _ text: inout Writer) {
    let (made, closed) = (cases.made(number), caseClosed(number))
    let isClosed = closed <= instant
    let writer = writing(at: made)
    var draws = Draws(writer.seed ^ 12, number)
    text.beginObject()
    text.member("id", writer.caseID(number))
    writer.owner("owner", &draws, &text)
    writer.team(&draws, &text)
    writer.party("party", &draws, &text)
    text.member("status", isClosed ? "CLOSED" : "OPEN")
    if draws.chance(50) {
      text.null("opportunity")
    } else {
      writer.reference("opportunity", writer.dealID(draws.below(writer.deals)), "Deal", &text)
    }
    writer.named("stage", 600, Self.stages, &draws, &text)
    text.date("expectedCloseOn", made + draws.int(10...150) * Self.day)
    text.date("startOn", made)
    text.date("closedOn", isClosed ? closed : nil)
    text.instant("createdAt", made)
    text.instant("updatedAt", isClosed ? closed : made)
    text.instant("lastContactedAt", isClosed ? closed : nil)
    finish(4_000_000 + number * 8, writer, &draws, &text)
  }

  /// What deals and cases have at the end.
  private func finish(
    _ fields: Int, _ writer: RecordWriter, _ draws: inout Draws, _ text: inout Writer
  ) {
    text.member("description", draws.chance(30) ? nil : writer.sentence(&draws, 8...40))
    text.member("name", writer.sentence(&draws, 3...8))
    writer.tags(&draws, &text)
    writer.fields(fields, &draws, &text)
    text.member("missingImportantFields", draws.chance(10))
    text.raw("}")
  }

  func task(_ number: Int, at instant: Int, _ text: inout Writer) {
    let made = tasks.made(number)
    let writer = writing(at: made)
    var draws = Draws(writer.seed ^ 13, number)
    let due = made + draws.int(1...30) * Self.day
    let done = due + draws.int(draws.chance(10) ? 100...900 : -5...10) * Self.day
    let isDone = done <= instant
    text.beginObject()
    text.member("id", 40_011 + number * 3)
    writer.named("category", 700, Vocabulary.categories, &draws, &text)
    text.member("description", writer.sentence(&draws, 3...10))
    text.member("detail", draws.chance(50) ? nil : writer.sentence(&draws, 8...30))
    text.date("dueOn", draws.chance(5) ? nil : due)
    text.member("dueTime", draws.chance(50) ? nil : "17:00:00")
    text.member("status", isDone ? "COMPLETED" : draws.chance(5) ? "PENDING" : "OPEN")
    writer.about(isParty: false, mayBeNone: false, &draws, &text)
    writer.owner("owner", &draws, &text)
    text.instant("createdAt", made)
    text.instant("updatedAt", isDone ? done : made)
    text.member("completedBy", isDone ? "user\(draws.below(12))" : nil)
    text.instant("completedAt", isDone ? done : nil)
    text.member("hasTrack", draws.chance(10))
    text.raw("}")
  }

  /// Newest first.
  func entry(_ number: Int, _ text: inout Writer) {
    writing(at: writer.newestEntry - number * writer.entryStep).entry(number, &text)
  }

  /// Entries that an instant does not know yet.
  func entriesAfter(_ instant: Int) -> Int {
    let time = max(0, writer.newestEntry - instant)
    return min(entries, (time + writer.entryStep - 1) / writer.entryStep)
  }
}
