import Model
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

@Suite struct ScrubMachineTests {
  private static let noon = ScratchFile.noon

  /// A scrub over a table of a hundred rows within ten days, an hour after the last one.
  private static func machine(
    _ ids: ClosedRange<Int64>, need: Int, budget: Int, perRequest: Int = 10
  ) -> ScrubMachine {
    let share = ScrubMachine.Share(need: need, budget: budget, perRequest: perRequest)
    return ScrubMachine(
      Array(ids.prefix(share.rows)), share, budget: budget, due: need * perRequest, rows: 100,
      from: noon + -3_600, to: noon, every: 864_000)
  }

  @Test(arguments: [
    // need, budget: rows, and how many in a request
    (1, 50, 10, 10), (3, 50, 30, 10), (9, 50, 90, 10), (9, 25, 90, 10), (2, 12, 20, 10),
    // A group may turn out to lack one; a small budget is spent on single records.
    (9, 15, 50, 10), (9, 10, 10, 1), (1, 3, 3, 1),
  ])
  func `a group leaves requests for its records`(
    need: Int, budget: Int, rows: Int, perRequest: Int
  ) {
    let share = ScrubMachine.Share(need: need, budget: budget, perRequest: 10)
    #expect(share.rows == rows)
    #expect(share.perRequest == perRequest)
  }

  @Test(arguments: [(1, 1, 10), (3, 2, 20), (3, 50, 30)])
  func `where a group that lacks one is answered too, no request is left for it`(
    need: Int, budget: Int, rows: Int
  ) {
    let share = ScrubMachine.Share(need: need, budget: budget, perRequest: 10, spare: 0)
    #expect(share.rows == rows)
    #expect(share.perRequest == 10)
  }

  @Test func `a group that lacks one is asked for one by one`() {
    var machine = Self.machine(1...100, need: 2, budget: 50)
    #expect(machine.scans == [Array(1...10), Array(11...20)].map { Scan(listing: 0, ids: $0) })
    machine.stored(10)
    #expect(
      machine.gone(Array(11...20), of: 0, .status(404))
        == (11...20).map { Scan(listing: 0, ids: [$0]) })
    machine.stored(9)
    #expect(machine.gone([13], of: 0, .status(404)) == [])
    #expect(machine.gone == [13])
    #expect(machine.read == 20)
    #expect(machine.noAnswer == nil)
    var cursor = Cursor()
    cursor.sweptAt = Self.noon + -3_600
    machine.advance(&cursor)
    #expect(cursor.sweptAt == Self.noon)
    #expect(cursor.sweptKey == 20)
  }

  @Test func `what there is no request left for is read first in the next run`() {
    var machine = Self.machine(1...100, need: 9, budget: 18)
    #expect(machine.scans.count == 8)
    #expect(machine.gone(Array(11...20), of: 0, .status(404)).count == 10)
    #expect(machine.gone(Array(31...40), of: 0, .status(404)) == [])
    #expect(machine.gone(Array(41...50), of: 0, .status(404)) == [])
    var cursor = Cursor()
    cursor.sweptAt = Self.noon + -3_600
    machine.advance(&cursor)
    #expect(cursor.sweptKey == 30)
  }

  @Test func `every record gone is no answer about records`() {
    var machine = Self.machine(1...3, need: 1, budget: 3)
    for id in Int64(1)...3 {
      #expect(machine.noAnswer == nil)
      #expect(machine.gone([id], of: 0, .status(404)) == [])
    }
    #expect(machine.noAnswer == .status(404))
    machine.stored(1)
    #expect(machine.noAnswer == nil)
  }

  @Test func `the end of the table begins the next period`() {
    let machine = Self.machine(91...95, need: 1, budget: 50)
    var cursor = Cursor()
    cursor.sweptKey = 90
    machine.advance(&cursor)
    #expect(cursor.sweptKey == nil)
    #expect(cursor.sweptAt == Self.noon)
  }

  @Test func `a part of what is due takes the period on by its share`() {
    // Ten of a hundred rows: a tenth of ten days, but no more than has passed.
    let machine = Self.machine(1...100, need: 9, budget: 15)
    var cursor = Cursor()
    cursor.sweptAt = Self.noon + -3_600
    machine.advance(&cursor)
    #expect(cursor.sweptAt == Self.noon)
  }
}

@Suite struct ParentsMachineTests {
  private static func machine() -> ParentsMachine { ParentsMachine(Pager(size: 10)) }

  @Test(arguments: [
    (Arrival.Answer.page, false, ParentsMachine.End(isWhole: true, isRead: true)),
    (.page, true, .init(isWhole: false, isRead: false)),
    (.gone, false, .init(isWhole: false, isRead: true)),
    (.skipped, false, .init(isWhole: false, isRead: false)),
  ])
  func `only a list that was read says what is gone`(
    answer: Arrival.Answer, hasRefused: Bool, end: ParentsMachine.End
  ) {
    var machine = Self.machine()
    if answer == .page {
      #expect(machine.page(PageFacts(records: 3, listed: 3, next: .end), 1).next == .end)
    }
    #expect(machine.listEnded(answer, hasRefused: hasRefused) == end)
  }

  @Test func `a list without an end says nothing, and the next one is another`() {
    var machine = Self.machine()
    let empty = PageFacts(next: .more, total: 40)
    for page in 1...9 { #expect(machine.page(empty, page).next == .more) }
    #expect(machine.page(empty, 10).next == .end)
    #expect(
      machine.listEnded(.page, hasRefused: false)
        == .init(isWhole: false, isRead: false, isEndless: true))
    #expect(machine.page(PageFacts(records: 2, listed: 2, next: .end), 1).next == .end)
    #expect(machine.listEnded(.page, hasRefused: false) == .init(isWhole: true, isRead: true))
  }

  @Test func `the cursor stands at the earliest clock, and at none where the first was silent`() {
    let noon = ScratchFile.noon
    var machine = Self.machine()
    for seconds in [5, -5, 9] { machine.replied(at: noon + Int64(seconds)) }
    #expect(machine.date == noon + -5)
    machine = Self.machine()
    machine.replied(at: nil)
    machine.replied(at: noon)
    #expect(machine.date == nil)
  }
}
