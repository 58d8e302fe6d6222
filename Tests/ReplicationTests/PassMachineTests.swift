import Model
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

/// What happens to a pass and what it does, without a CRM, a file or a clock.
@Suite struct PassMachineTests {
  typealias Machine = PassMachine

  /// One thing that happens.
  enum Event: Sendable {
    /// The next page: its records, new rows and returned ones among them, what the reply says of a
    /// next page and of the total, and whether it has come to known ground.
    case page(
      Int, new: Int = 0, back: Int = 0, next: Reply.Next = .more, of: Int? = nil,
      known: Bool = false)
    /// The last page of a list.
    case last(Int, new: Int = 0, back: Int = 0, of: Int? = nil)
    /// The parent whose list is asked for is not there.
    case gone
    /// The table's deletions have been read: how many were reported, and conflicting records.
    case feed(read: Bool = true, reported: Int = 0, doubtful: Int = 0)
    /// The file's figure.
    case counted(Int)
    /// Rows that the list lacked, and how many can be asked for by id.
    case absent(Int, askable: Int? = nil)
  }

  private static let noon = ScratchFile.noon
  private static let list = [Scan(listing: 0)]
  private static func records(_ count: Int) -> [Scan] {
    (0..<count).map { Scan(listing: 0, ids: [Int64($0)]) }
  }

  /// A machine over one list, its clock read at noon. One that is resumed has read the last page of
  /// the former run once more.
  private static func machine(
    _ method: Table.Method = .incremental, _ kind: Cursor.Kind = .full, tracks: Bool = false,
    resumed read: Int? = nil, feed: Bool = true, last: Timestamp? = nil, counted: Timestamp? = noon,
    numbered: Bool = true
  ) -> Machine {
    let terms = Machine.Terms(
      method: method, scans: list, isNumbered: numbered, hasFeed: feed, lookback: 60,
      lastRunDate: last,
      countedAt: counted, countEvery: 86_400)
    let progress = Cursor.Progress(
      kind: kind, date: read == nil ? nil : noon + -3_600, since: kind == .changes ? last : nil,
      page: 3, pageSize: 10, tracksAbsence: tracks, read: read ?? 0)
    var machine = Machine(terms, progress, isResumed: read != nil)
    machine.replied(at: noon)
    if let border = machine.border {
      let facts = PageFacts(records: 10, listed: 10, next: .more, content: 2)
      #expect(machine.page(facts, border).next == .more)
    }
    return machine
  }

  /// Plays events; says what is done last.
  private static func play(_ machine: inout Machine, _ events: [Event]) -> Machine.Action? {
    var action: Machine.Action?
    var number = 0
    func page(_ facts: PageFacts) {
      number += 1
      let step = machine.page(facts, number)
      guard step.next != .more else { return action = nil }
      if case .fail(let kind) = step.next { return action = .giveUp(kind) }
      end()
    }
    func end(isMissing: Bool = false) {
      number = 0
      machine.listEnded(isMissing: isMissing)
      action = machine.allRead()
    }
    for event in events {
      switch event {
      case .page(let count, let new, let back, let next, let total, let known):
        page(
          PageFacts(
            records: count, listed: count, next: next, total: total,
            content: next == .unknown ? 0 : UInt64(number + 1), inserted: new, returned: back,
            isKnownGround: known))
      case .last(let count, let new, let back, let total):
        page(
          PageFacts(
            records: count, listed: count, next: .end, total: total, content: UInt64(number + 1),
            inserted: new, returned: back))
      case .gone: end(isMissing: true)
      case .feed(let isRead, let reported, let doubtful):
        action = machine.settle(
          Machine.Settlement(
            isFeedRead: isRead, reportedDeleted: reported, doubtful: records(doubtful)))
      case .counted(let count): action = machine.counted(count)
      case .absent(let count, let askable):
        action = machine.absent(count, records(askable ?? count))
      }
    }
    return action
  }

  private static let done = Machine.Action.conclude(isCounted: true, isAged: false)
  private static let asksForChanges = Machine.Action.ask(list)
  private static let anew = Machine.Action.startOver(list, forgets: true)
  private static let again = Machine.Action.startOver(list, forgets: false)

  // MARK: A list of everything

  /// Two pages of ten and five rows, all of them new.
  private static let twoPages = [Event.page(10, new: 10), .last(5, new: 5)]
  /// Sixteen records of fifteen rows, and as many are counted.
  private static let repetition = [
    Event.page(10, new: 10, of: 15), .last(6, new: 5, of: 15), .feed(), .counted(15),
  ]

  @Test(
    arguments: [
      ([.last(5, new: 5)], .awaitFeed(listIsRead: true)),
      // One page shows one moment: it needs no proof.
      ([.last(5, new: 5), .feed()], done),
      (twoPages, .awaitFeed(listIsRead: true)),
      (twoPages + [.feed()], .count(.inserted)),
      (twoPages + [.feed(), .counted(15)], done),
      // A row was reported deleted meanwhile: the rows in the file are counted.
      (twoPages + [.feed(reported: 1)], .count(.living)),
      // A row slid between the pages.
      (twoPages + [.feed(), .counted(14)], asksForChanges),
      // The source's count went down, and nobody says what is gone.
      ([.page(10, of: 16), .last(5, of: 15), .feed(), .counted(15)], anew),
      ([.page(10, of: 16), .last(5, of: 15), .feed(reported: 1), .counted(15)], done),
      ([.page(10, of: 16), .last(5, of: 15), .feed(read: false, reported: 1), .counted(15)], anew),
      // A row slid between the pages, and the count is too small by it. It explains a repetition
      // only when the list has been searched for the row.
      (repetition, asksForChanges),
      (repetition + [.last(0), .counted(15), .last(6, of: 15), .feed(), .counted(15)], again),
      (
        repetition + [.last(0), .counted(15), .last(6, of: 15), .feed(), .counted(15)]
          + [.page(10, of: 15), .last(6, of: 15), .feed(), .counted(15)], done
      ),
      // Records of which list and feed disagree are asked for before anything is counted.
      (twoPages + [.feed(doubtful: 2)], .ask(records(2))),
      (twoPages + [.feed(doubtful: 1), .last(1), .feed(doubtful: 1)], .count(.inserted)),
    ] as [([Event], Machine.Action)])
  func `a list of everything is proven by its count`(events: [Event], action: Machine.Action) {
    var machine = Self.machine()
    #expect(Self.play(&machine, events) == action)
  }

  @Test func `what slid between pages is found by changes, by the end, and by another reading`() {
    var machine = Self.machine()
    let lost = Self.twoPages + [.feed(), .counted(14)]
    #expect(Self.play(&machine, lost) == Self.asksForChanges)
    #expect(machine.stage == .changes(since: Self.noon + -60, endsAlways: true))
    #expect(Self.play(&machine, [.last(0)]) == .count(.living))
    #expect(Self.play(&machine, [.counted(14)]) == .ask(Self.list))
    #expect(machine.stage == .lastPage(2))
    #expect(machine.wantsFeed)
    #expect(Self.play(&machine, [.last(5), .feed()]) == .count(.living))
    // Ten rows on the pages before, five on the last one: one row is missing still.
    #expect(Self.play(&machine, [.counted(14)]) == Self.again)
    #expect(machine.stage == .search(missing: 1))
    // It is on the first page; the rest of the list is not read again, its end is.
    let found = Self.play(&machine, [.page(10, new: 1)])
    #expect(found == .count(.living))
    #expect(Self.play(&machine, [.counted(15), .last(5), .feed()]) == .count(.living))
    #expect(Self.play(&machine, [.counted(15)]) == Self.done)
  }

  @Test func `a list that never rests is given up, and not called complete`() {
    var machine = Self.machine()
    for attempt in 0..<Completeness.attemptsLimit {
      // Begun anew, the keys are kept.
      let measure = attempt == 0 ? Machine.Measure.inserted : .delivered
      #expect(Self.play(&machine, Self.twoPages + [.feed()]) == .count(measure))
      #expect(Self.play(&machine, [.counted(16)]) == Self.anew)
    }
    #expect(
      Self.play(&machine, Self.twoPages + [.feed(), .counted(16)])
        == .giveUp(.restless(known: 16, length: 15)))
  }

  // MARK: Ends that are not believed

  /// Five rows of more that are counted, and nothing behind them.
  private static func short(of total: Int) -> [Event] {
    [.last(5, of: total), .last(0, of: total)]
  }

  /// Twelve rows of fourteen that are counted, or of fifteen once it wavers, and behind them the
  /// last page again: as often as the count asks for it.
  private static func repeating(of totals: Int...) -> [Event] {
    [.page(10, of: 14), .page(2, next: .unknown, of: 14)]
      + totals.map { .page(2, next: .unknown, of: $0) }
  }

  @Test(
    arguments: [
      // The page behind an end that the count contradicts is read; then the list is, once more.
      ([.last(5, new: 5, of: 8)], nil),
      ([.last(5, of: 8), .last(3, of: 8), .feed()], .count(.inserted)),
      (short(of: 8) + [.feed()], anew),
      // Three rows less than counted, twice, are an error of the count.
      (short(of: 8) + [.feed()] + short(of: 8) + [.feed(), .counted(5), .absent(0)], done),
      (
        short(of: 9) + [.feed()] + short(of: 9) + [.feed()],
        .giveUp(.short(read: 5, counted: 9))
      ),
      // The second reading is another one: what it lacks is nobody's error.
      (
        short(of: 8) + [.feed(), .last(6, of: 8), .last(0, of: 8), .feed()],
        .giveUp(.short(read: 6, counted: 8))
      ),
      (short(of: 9) + [.feed(), .last(9, of: 9), .feed(), .counted(9)], .listAbsent(10)),
      // How often its last page comes says nothing of what it shows.
      (
        repeating(of: 15, 15) + [.feed()] + repeating(of: 14) + [.feed(), .counted(12)],
        .listAbsent(10)
      ),
      // Empty pages go on while a next one is named, ten times. What stands amid others may have
      // lost its records on its way, once.
      (holed, anew), (holed + holed, .count(.delivered)),
      ([Event](repeating: .page(0), count: 10) + [.feed()], .giveUp(.endless)),
      ([.page(10, next: .elsewhere)], .giveUp(.elsewhere)),
      // A parent that is gone takes its rows out of the count: nothing is proven or absent.
      ([.page(10), .page(5), .gone, .feed()], done),
      // A full page that names no next one is followed by another, unless the count agrees.
      ([.last(10)], nil), ([.last(10), .last(0)], .awaitFeed(listIsRead: true)),
      ([.last(10, of: 10)], .awaitFeed(listIsRead: true)),
    ] as [([Event], Machine.Action?)])
  func `a list ends where nothing contradicts it`(events: [Event], action: Machine.Action?) {
    var machine = Self.machine()
    #expect(Self.play(&machine, events) == action)
  }

  /// An empty page amid others, and as many records as are counted.
  private static let holed = [
    Event.page(10, of: 20), .page(0, of: 20), .last(10, of: 20), .feed(),
  ]

  /// A page without a word of a next one is followed by another if it is full, or by the count.
  @Test(
    arguments: [
      ([.page(10, next: .unknown)], nil), ([.page(9, next: .unknown)], true),
      ([.page(9, next: .unknown, of: 12)], nil), ([.page(10, next: .unknown, of: 10)], nil),
      ([.page(10, next: .unknown, of: 10), .page(0, next: .unknown, of: 10)], true),
      ([.page(0, next: .unknown)], true),
      // A server that gives the same page three times does not page.
      ([Event](repeating: .page(10, next: .unknown), count: 3), true),
    ] as [([Event], Bool?)])
  func `a reply may say nothing of a next page`(events: [Event], isRead: Bool?) {
    var machine = Self.machine(.full)
    #expect(Self.play(&machine, events) == isRead.map { .awaitFeed(listIsRead: $0) })
  }

  /// The count of changes may be as wrong as that of the list.
  @Test(
    arguments: [
      ([.page(9, next: .unknown, of: 9)], true), ([.page(10, next: .unknown, of: 10)], nil),
      ([.page(10, next: .unknown, of: 10), .page(0, next: .unknown, of: 10)], true),
      ([.last(10, of: 10)], true),
    ] as [([Event], Bool?)])
  func `a full page of changes is no end in silence`(events: [Event], isRead: Bool?) {
    var machine = Self.machine(.incremental, .changes, last: Self.noon + -3_600)
    #expect(Self.play(&machine, events) == isRead.map { .awaitFeed(listIsRead: $0) })
  }

  @Test func `a page that is always the same counts once`() {
    var machine = Self.machine()
    let same = [Event](repeating: .page(10, new: 0, next: .unknown), count: 3)
    #expect(Self.play(&machine, same + [.feed()]) == .count(.inserted))
    #expect(machine.progress.read == 10)
  }

  // MARK: Absence

  /// Two readings of fifteen rows, which lack twelve others.
  private static func twice(of total: Int?) -> [Event] {
    let reading = [
      Event.page(10, of: total), .last(5, of: total), .feed(), .counted(15),
      .absent(12, askable: 10),
    ]
    return reading + reading
  }

  @Test(
    arguments: [
      // One page shows one moment: what it lacks is gone, if the count agrees.
      ([.last(5, of: 5), .feed()], done),
      ([.last(5), .feed()], .listAbsent(10)),
      // A count that is taken for wrong confirms nothing.
      (short(of: 7) + [.feed()] + short(of: 7) + [.feed(), .counted(5)], .listAbsent(10)),
      ([.last(5), .feed(), .absent(2, askable: 0)], again),
      ([.last(5), .feed(), .absent(2, askable: 0), .last(5), .feed()], .listAbsent(10)),
      (
        [.last(5), .feed(), .absent(2, askable: 0), .last(5), .feed(), .absent(2, askable: 0)], done
      ),
      ([.page(10), .last(5), .feed()], .count(.delivered)),
      ([.page(10), .last(5), .feed(), .counted(15)], .listAbsent(10)),
      ([.page(10), .last(5), .feed(), .counted(15), .absent(0)], done),
      ([.page(10), .last(5), .feed(), .counted(15), .absent(3)], .ask(records(3))),
      // More than may be asked for take another reading.
      ([.page(10), .last(5), .feed(), .counted(15), .absent(12, askable: 10)], again),
      // Of what two readings lack some is asked for, unless the count agrees with them.
      (twice(of: nil), .ask(records(10))), (twice(of: 15), done),
      (twice(of: 11), .ask(records(10))),
      (twice(of: nil) + [Event](repeating: .last(0), count: 10) + [.feed()], done),
      (twice(of: nil) + [.last(1, back: 1), .feed()], .giveUp(.hidden(1))),
      ([.page(10), .last(5), .feed(), .counted(15), .absent(2), .last(1), .feed()], done),
      // One of them exists: then a row that was counted has gone since, and the proof with it.
      (
        [.page(10), .last(5), .feed(), .counted(15), .absent(2), .last(1, back: 1), .feed()],
        .count(.delivered)
      ),
      // Begun anew, what is lacking is asked for anew.
      (
        [.page(10), .last(5), .feed(), .counted(15), .absent(2), .last(1, back: 1), .feed()]
          + [.counted(16), .page(10), .last(6), .feed(), .counted(16)], .listAbsent(10)
      ),
      // A list that stays the same hides the row.
      (
        [.page(10), .last(5), .feed(), .counted(15), .absent(2), .last(1, back: 1), .feed()]
          + [.counted(16), .page(10), .last(5), .feed()], .giveUp(.hidden(1))
      ),
    ] as [([Event], Machine.Action)])
  func `what several pages lack is asked for before it is gone`(
    events: [Event], action: Machine.Action
  ) {
    var machine = Self.machine(tracks: true)
    #expect(Self.play(&machine, events) == action)
  }

  // MARK: Changes, and the daily count

  @Test(
    arguments: [
      ([.last(5), .feed()], .conclude(isCounted: false, isAged: false)),
      ([.page(10), .last(5), .feed()], .count(.delivered)),
      // Of changes a reported deletion may be of a row that was counted before it went.
      ([.page(10), .last(5), .feed(reported: 1), .counted(15)], anew),
      (
        [.page(10), .last(5), .feed(), .counted(15)], .conclude(isCounted: false, isAged: false)
      ),
      // A full page that names no next one is followed by another, unless they are all counted.
      ([.last(10)], nil), ([.last(10, of: 10)], .awaitFeed(listIsRead: true)),
      // A count below the rows that live is that of the changes, and so is one that ends on their
      // last page; another is the table's, if the changes are the same twice. What they still lack
      // has everything read.
      ([.last(5, of: 9), .feed()], .count(.rows)),
      ([.last(5, of: 9), .feed(), .counted(300)], anew),
      ([.last(5, of: 9), .feed(), .counted(9)], anew),
      (
        [.last(5, of: 9), .feed(), .counted(9), .last(5, of: 9), .feed(), .counted(9)],
        .conclude(isCounted: false, isAged: false)
      ),
      (
        [.last(5, of: 9), .feed(), .counted(9), .last(6, of: 9), .feed(), .counted(9)],
        .readEverything(difference: 0)
      ),
      (
        [.last(4, of: 9), .feed(), .counted(300), .last(4, of: 9), .feed(), .counted(300)],
        .readEverything(difference: 0)
      ),
      (
        [.page(0, of: 14), .last(4, of: 14), .feed(), .counted(14)]
          + [.page(0, of: 14), .last(4, of: 14), .feed(), .counted(14)],
        .readEverything(difference: 0)
      ),
    ] as [([Event], Machine.Action?)])
  func `a list of changes is proven like one of everything`(
    events: [Event], action: Machine.Action?
  ) {
    var machine = Self.machine(.incremental, .changes, last: Self.noon + -86_400)
    #expect(Self.play(&machine, events) == action)
  }

  @Test func `a clock that stands before the cursor has everything read`() {
    var machine = Self.machine(.incremental, .changes, last: Self.noon + 61)
    #expect(Self.play(&machine, [.last(5), .feed()]) == .readEverything(difference: 0))
    machine = Self.machine(.incremental, .changes, last: Self.noon + 60)
    #expect(
      Self.play(&machine, [.last(5), .feed()]) == .conclude(isCounted: false, isAged: false))
  }

  @Test(
    arguments: [
      (14, [], .conclude(isCounted: true, isAged: false)),
      // Changes explain the difference, or nothing does.
      (13, [.last(1, new: 1), .counted(14), .last(4), .feed(), .counted(14)], done),
      (
        13, [.last(0), .counted(13), .last(4), .feed(), .counted(13)],
        .readEverything(difference: 1)
      ),
    ] as [(Int, [Event], Machine.Action)])
  func `rows are counted against the source once a day`(
    known: Int, events: [Event], action: Machine.Action
  ) {
    var machine = Self.machine(
      .incremental, .changes, last: Self.noon + -86_400, counted: Self.noon + -86_400)
    #expect(Self.play(&machine, [.last(0), .feed()]) == .count(.census))
    #expect(Self.play(&machine, [.counted(known)]) == .ask(Self.list))
    #expect(!machine.wantsFeed)
    #expect(Self.play(&machine, [.last(4), .feed()]) == .count(.census))
    #expect(Self.play(&machine, [.counted(known)] + events) == action)
  }

  @Test func `rows are counted only behind their deletions, and not twice a day`() {
    for (counted, isFeedRead) in [(Self.noon + -86_400, false), (Self.noon + -86_399, true)] {
      var machine = Self.machine(
        .incremental, .changes, last: Self.noon + -86_400, counted: counted)
      #expect(
        Self.play(&machine, [.last(0), .feed(read: isFeedRead)])
          == .conclude(isCounted: false, isAged: false))
    }
  }

  // MARK: Passes that go on

  @Test func `the first pages of a pass that goes on are refreshed`() {
    var machine = Self.machine(resumed: 20)
    #expect(machine.progress.date == Self.noon + -3_600)
    #expect(Self.play(&machine, [.last(5), .feed()]) == .count(.living))
    #expect(Self.play(&machine, [.counted(25)]) == .ask(Self.list))
    #expect(machine.stage == .changes(since: Self.noon + -3_660, endsAlways: false))
    // What one page shows does not move.
    var short = machine
    #expect(Self.play(&short, [.last(3)]) == .awaitFeed(listIsRead: false))
    #expect(Self.play(&short, [.feed()]) == Self.done)
    #expect(Self.play(&machine, [.page(10), .last(3)]) == .count(.living))
  }

  @Test func `equal counts prove nothing of a pass that goes on unless deletions were read`() {
    var machine = Self.machine(resumed: 20)
    #expect(Self.play(&machine, [.last(5), .feed(read: false), .counted(25)]) == Self.anew)
  }

  /// The last page of the former run, of which so many records are new: rows of it that are known
  /// say that all behind them is still to come.
  @Test(arguments: [
    (records: 10, unmet: 0, next: Reply.Next.more, step: Step.Next.more),
    (10, 9, .more, .more), (10, 10, .more, .anew), (3, 0, .end, .end), (3, 3, .end, .anew),
    (0, 0, .more, .more), (0, 0, .end, .anew),
  ])
  func `a list goes on where the last page is known that was read`(
    page: (records: Int, unmet: Int, next: Reply.Next, step: Step.Next)
  ) {
    let terms = Machine.Terms(method: .incremental, scans: Self.list)
    let progress = Cursor.Progress(
      kind: .full, date: Self.noon, page: 3, pageSize: 10, tracksAbsence: false, read: 20)
    var machine = Machine(terms, progress, isResumed: true)
    #expect(machine.border == 2)
    var facts = PageFacts(records: page.records, listed: page.records, next: page.next)
    facts.unmet = page.unmet
    #expect(machine.page(facts, 2).next == page.step)
    #expect(machine.border == nil && machine.progress.read == 20)
  }

  /// A page that is no older than if one run had read both has nothing to tell.
  @Test(arguments: [(3, false, 2), (3, true, nil), (1, false, nil)] as [(Int, Bool, Int?)])
  func `a list goes on with the page that was read last, unless it is young`(
    next: Int, isYoung: Bool, border: Int?
  ) {
    let terms = Machine.Terms(method: .incremental, scans: Self.list)
    let progress = Cursor.Progress(
      kind: .full, date: Self.noon, page: next, pageSize: 10, tracksAbsence: false, read: 20)
    let machine = Machine(terms, progress, isResumed: true, isYoung: isYoung)
    #expect(machine.border == border)
  }

  @Test func `a list without changes is read anew, unless it is long`() {
    var machine = Self.machine(.full, resumed: 20, feed: false)
    let proven = [Event.last(5), .feed(read: false), .counted(25)]
    #expect(Self.play(&machine, proven) == Self.anew)
    machine = Self.machine(.full, resumed: 20, feed: false)
    let pages = [Event](repeating: .page(10), count: PassMachine.pagesReadTwice + 1)
    let count = 20 + 10 * pages.count + 5
    #expect(
      Self.play(&machine, pages + [.last(5), .feed(read: false), .counted(count)])
        == .conclude(isCounted: true, isAged: true))
  }

  @Test func `newest pages that were read before are read once more`() {
    let method = Table.Method.newestFirst(by: "created_at")
    var machine = Self.machine(method, .recent, resumed: 20, feed: false, last: Self.noon)
    #expect(machine.knownGround == Self.noon)
    #expect(Self.play(&machine, [.page(10, known: true), .feed(read: false)]) == .ask(Self.list))
    #expect(machine.stage == .recent(since: Self.noon + -3_600))
    #expect(
      Self.play(&machine, [.page(10), .page(10, known: true)]) == .awaitFeed(listIsRead: false))
    #expect(
      Self.play(&machine, [.feed(read: false)]) == .conclude(isCounted: false, isAged: false))
  }

  // MARK: Pages by key

  /// They show every row that lives all along: no count proves or contradicts them.
  @Test(
    arguments: [
      ([.page(10, next: .moreAt(Position("a"))), .last(5, of: 99), .feed()], done),
      ([.page(10, next: .unknown), .feed()], done), ([.page(10)], .giveUp(.endless)),
    ] as [([Event], Machine.Action)])
  func `pages that follow one another by key need no proof`(
    events: [Event], action: Machine.Action
  ) {
    var machine = Self.machine(numbered: false)
    #expect(Self.play(&machine, events) == action)
  }

  @Test func `changes that follow one another by key are refreshed without a count`() {
    var machine = Self.machine(resumed: 20, numbered: false)
    #expect(Self.play(&machine, [.last(5), .feed(read: false)]) == .ask(Self.list))
    let pages = [Event.page(10, next: .moreAt(Position("a"))), .last(3)]
    #expect(Self.play(&machine, pages) == .awaitFeed(listIsRead: false))
    #expect(Self.play(&machine, [.feed(read: false)]) == Self.done)
    machine = Self.machine(
      .incremental, .changes, last: Self.noon + -86_400, counted: nil, numbered: false)
    #expect(
      Self.play(&machine, [.last(0), .feed()]) == .conclude(isCounted: false, isAged: false))
  }

  // MARK: Feeds of deletions, and clocks

  @Test func `a feed in pages that never adds up is read twice and believed`() {
    var machine = Self.machine(.deletions(of: "others"), .changes, feed: false)
    let pages = [Event.page(10), .last(5), .feed(read: false)]
    #expect(Self.play(&machine, pages) == .count(.delivered))
    #expect(Self.play(&machine, [.counted(14)]) == Self.again)
    #expect(Self.play(&machine, pages) == .conclude(isCounted: false, isAged: false))
  }

  @Test func `the cursor stands at the earliest clock of the replies`() {
    var machine = Self.machine()
    machine.replied(at: Self.noon + 9)
    machine.replied(at: Self.noon + -9)
    machine.replied(at: nil)
    #expect(machine.progress.date == Self.noon + -9)
    machine = Machine(Machine.Terms(method: .full, scans: Self.list), machine.progress)
    #expect(!machine.isWorthSaving)
  }

  @Test func `a clock that is silent at first says nothing later`() {
    let progress = Cursor.Progress(kind: .full, pageSize: 10, tracksAbsence: false)
    var machine = Machine(Machine.Terms(method: .full, scans: Self.list), progress)
    machine.replied(at: nil)
    machine.replied(at: Self.noon)
    #expect(machine.progress.date == nil)
    #expect(machine.isWorthSaving)
  }

  // MARK: A page that has lost its records

  @Test(arguments: [nil, 8, 10])
  func `a last page that was named and is empty is believed where the count agrees`(total: Int?) {
    var machine = Self.machine()
    let events = [Event.page(10, new: 10, of: total), .last(0, of: total), .feed()]
    #expect((Self.play(&machine, events) == Self.anew) == (total != 10))
    guard total != 10 else { return }
    // The second reading settles it.
    #expect(Self.play(&machine, events) == .count(.delivered))
  }

  @Test func `the newest records are held against the count unless all is known behind them`() {
    var machine = Self.machine(.newestFirst(by: "created_at"), .recent, last: Self.noon)
    #expect(Self.play(&machine, [.last(0, of: 4), .feed()]) == Self.anew)
    let end = Machine.Action.conclude(isCounted: false, isAged: false)
    #expect(Self.play(&machine, [.last(4, new: 1, of: 4), .feed()]) == end)
    machine = Self.machine(.newestFirst(by: "created_at"), .recent, last: Self.noon)
    let page = Event.page(4, next: .end, of: 9, known: true)
    #expect(Self.play(&machine, [page, .feed()]) == end)
  }
}
