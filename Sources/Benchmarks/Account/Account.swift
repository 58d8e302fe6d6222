internal import Model
internal import Replication

/// An account as it was at any instant of its past: three years of deals, cases, tasks and entries,
/// of parties five. It always ends at the beginning of today, for the reports look back from there;
/// but for that the same seed gives the same account.
struct Account {
  static let day = 86_400

  /// Now.
  let end: Int
  let parties: Growth
  let deals: Growth
  let cases: Growth
  let tasks: Growth
  let entries: Int
  /// What records have in common with those of the other measures.
  var writer = RecordWriter(seed: PageFolder.seed, organisations: 10)
  private(set) var partyChanges = Changes([])
  private(set) var dealChanges = Changes([])
  private(set) var caseChanges = Changes([])

  /// For each page a hundred parties, half as many deals, and of the others in proportion.
  init(pages: Int) {
    end = Int(SystemClock().now().seconds) / Self.day * Self.day
    let start = end - 3 * 365 * Self.day
    parties = Growth(pages * 100, from: end - 5 * 365 * Self.day, to: end)
    deals = Growth(pages * 50, from: start, to: end)
    cases = Growth(pages * 20, from: start, to: end)
    tasks = Growth(pages * 60, from: start, to: end)
    entries = pages * 200
    writer.newestEntry = end - 60
    writer.entryStep = (end - start) / entries
    partyChanges = Changes(
      (0..<parties.count).flatMap { [parties.made($0), partyChanged($0)].at($0) })
    dealChanges = Changes(
      (0..<deals.count).flatMap { number in
        let deal = deal(number)
        return ([deal.made] + deal.changes.map(\.at)).at(number)
      })
    caseChanges = Changes((0..<cases.count).flatMap { [cases.made($0), caseClosed($0)].at($0) })
  }

  /// The replica was set up two years ago and has looked for changes every fortnight since.
  var runs: [Int] {
    Array(stride(from: end - 52 * 14 * Self.day, through: end, by: 14 * Self.day))
  }

  func deal(_ number: Int) -> Deal {
    var draws = Draws(writer.seed ^ 8, number)
    return Deal(&draws, made: deals.made(number), closing: end - 365 * Self.day, end: end)
  }

  /// When a deal was deleted, as one in a hundred is: long before now, or not at all.
  func dealDeleted(_ number: Int) -> Int? {
    let at = deals.made(number) + 200 * Self.day
    return number % 100 == 99 && at < end ? at : nil
  }

  func isDealAlive(_ number: Int, at instant: Int) -> Bool {
    dealDeleted(number).map { $0 > instant } ?? true
  }

  /// When a party last changed; for some that is when it was made.
  func partyChanged(_ number: Int) -> Int {
    var draws = Draws(writer.seed ^ 9, number)
    let made = parties.made(number)
    return draws.chance(40) ? made : made + draws.below(max(1, end - made))
  }

  /// When a case was closed, or will be.
  func caseClosed(_ number: Int) -> Int {
    var draws = Draws(writer.seed ^ 10, number)
    let days = draws.chance(15) ? draws.int(200...2_000) : draws.int(5...120)
    return cases.made(number) + days * Self.day + draws.below(Self.day)
  }

  /// The writer of a record that was made at an instant: it is about what was there before.
  func writing(at instant: Int) -> RecordWriter {
    var writer = writer
    writer.parties = max(1, parties.count(at: instant))
    writer.deals = max(1, deals.count(at: instant))
    writer.cases = max(1, cases.count(at: instant))
    return writer
  }
}

extension [Int] {
  /// The instants at which something happened to a record.
  fileprivate func at(_ number: Int) -> [Changes.Event] { map { (at: $0, number: number) } }
}
