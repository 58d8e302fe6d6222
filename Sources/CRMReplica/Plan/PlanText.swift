internal import Model
internal import Replication

/// A plan for people.
struct PlanText {
  let plan: Plan

  var text: String {
    let hasDay = plan.day != nil
    func row(_ cells: [String], _ day: @autoclosure () -> [String]) -> [String] {
      hasDay ? cells + day() : cells
    }
    var table = TextTable(
      [.left("table"), .right("requests"), .right("rows"), .right("read after"), .left("from")]
        + (hasDay ? [.right("every"), .right("a day")] : []))
    for line in plan.tables {
      table.append(
        row(
          [
            line.table, line.requests.grouped, line.rows?.grouped ?? "-",
            Duration.seconds(line.readAfterSeconds).spoken, line.basis.rawValue,
          ],
          [
            line.everySeconds.map { Duration.seconds($0).spoken } ?? "-",
            line.requestsPerDay?.grouped ?? "-",
          ]))
    }
    let sweep = plan.tables.reduce(0) { $0 + $1.sweepRequests }
    if sweep > 0 { table.append(row(["(sweep)", sweep.grouped, "-", "", "file"], ["", ""])) }
    table.append(
      row(
        ["total", plan.requests.grouped, "", Duration.seconds(plan.seconds).spoken, ""],
        ["", plan.day?.requests.grouped ?? ""]))
    return summary + "\n" + table.text + "\n" + notes.joined(separator: "\n") + "\n"
  }

  private var summary: String {
    let round =
      switch plan.kind {
      case .first: "A first sync"
      case .next: "The next round"
      case .full: "A full sync"
      }
    let bound = plan.isLowerBound ? "at least" : "about"
    let waits =
      plan.waitedSeconds > 0
      ? ", of which \(Duration.seconds(plan.waitedSeconds).spoken) wait for the allowance" : ""
    return "\(round) takes \(bound) \(plan.requests.counted("request")) and \(bound) "
      + "\(Duration.seconds(plan.seconds).spoken)\(waits). An estimate.\n"
  }

  private var notes: [String] {
    var notes = [origin, speed, allowance]
    if let parents = plan.parents {
      let rounds =
        plan.kind == .full
        ? "all of them in this one"
        : parents.rounds == 0
          ? "the budget is 0, so none is read"
          : "\(parents.requestsPerRound.grouped) a round, but not more often than every six hours, "
            + "each once in " + parents.rounds.counted("such round")
      notes.append(
        "Parents: \(parents.parents.grouped) are read one by one; \(rounds) (per_parent_budget).")
    }
    if let day = plan.day {
      let usable = day.usable.map { " of \($0.grouped) usable" } ?? ""
      notes.append(
        "A day of such rounds: about \(day.requests.counted("request"))\(usable); "
          + "\(day.requestsIfHourly.grouped) with rounds every hour, "
          + "\(day.requestsIfEveryFiveMinutes.grouped) with rounds every five minutes.")
    }
    return notes
  }

  private var origin: String {
    let bases = Set(plan.tables.map(\.basis))
    var parts: [String] = []
    if bases.contains(.counted) {
      let spent = plan.countingRequests.counted("request")
      parts.append("counted: the account said so (\(spent) spent)")
    }
    if bases.contains(.probed) { parts.append("probed: the end of the list was looked for") }
    if bases.contains(.file) { parts.append("file: its rows, and the changes of the last rounds") }
    if bases.contains(.assumed) { parts.append("assumed: one request a list, unknown") }
    return parts.joined(separator: "; ").prefixed("From: ") + "."
  }

  private var speed: String {
    let tenths = Int((plan.speed.millisecondsPerRequest * 10).rounded())
    let figure = "\(tenths / 10).\(tenths % 10) ms a request"
    return plan.speed.isMeasured
      ? "Speed: \(figure), measured over the last runs."
      : "Speed: \(figure), assumed (\(Int(Plan.Speed.assumedPage)) ms a page, several at a time)."
  }

  private var allowance: String {
    guard let allowance = plan.allowance else { return "Allowance: the source counts no requests." }
    let all = (plan.shorterAllowances + [allowance]).map { allowance in
      "\(allowance.hourlyLimit.grouped) requests \(allowance.window)"
        + (allowance.isKnown ? "" : ", as documented")
        + ", \(allowance.usable.grouped) of them usable"
    }
    let limit = "Allowance: " + all.joined(separator: "; ")
    if let blocked = allowance.blockedUntil { return "\(limit); none before \(blocked) UTC." }
    guard let remaining = allowance.remaining, let reset = allowance.resetAt else {
      return limit + "."
    }
    return "\(limit); \(remaining.grouped) are left until \(reset) UTC."
  }
}

extension String {
  fileprivate func prefixed(_ prefix: String) -> String { prefix + self }
}
