import Model
import Testing

@testable import Replication

/// How lists end whose every page names a next one.
@Suite struct PagerTests {
  /// Reads pages of ten records each, given by their contents, up to a limit.
  private func read(
    counted total: Int, limit: Int = 500, _ content: (Int) -> UInt64
  ) -> (pages: Int, isEndless: Bool) {
    var pager = Pager(size: 10)
    let list = Pager.List(isCounted: true, mustEnd: true)
    var count = 0
    for number in 1...limit {
      let facts = PageFacts(
        records: 10, listed: 10, next: .more, total: total, content: content(number))
      let step = pager.page(facts, number, of: list, count: &count)
      if step.next == .end { return (number, pager.isEndless) }
    }
    return (limit, true)
  }

  @Test(arguments: 2...40)
  func `a list that begins anew behind its end costs one page more`(pages: Int) {
    for total in [0, 5 * pages, 10 * pages] {
      let end = read(counted: total) { UInt64(($0 - 1) % pages) + 1 }
      #expect(end.pages == pages + 1 && !end.isEndless, "\(total): \(end)")
    }
  }

  @Test(arguments: 2...40)
  func `a list that begins anew and has changed meanwhile ends`(pages: Int) {
    for total in [0, 5 * pages, 10 * pages] {
      // The first page is another one each time.
      let end = read(counted: total) {
        let place = ($0 - 1) % pages
        return place == 0 ? UInt64(1_000 + $0) : UInt64(place)
      }
      #expect(end.pages <= 4 * pages && !end.isEndless, "\(total): \(end)")
    }
  }

  /// Reads pages of ten records that all differ, and tells how many of them the file knows as often
  /// as that is wanted: no more than the list has rows.
  private func cost(
    rows: Int, counted total: Int?, next: Reply.Next = .more
  ) -> (pages: Int, isEndless: Bool, questions: Int) {
    var pager = Pager(size: 10)
    let list = Pager.List(isCounted: true, mustEnd: true)
    var (count, questions) = (0, 0)
    for number in 1...2_000 {
      var facts = PageFacts(
        records: 10, listed: 10, next: next, total: total, content: UInt64(number))
      if pager.isOverlong(behind: 10) {
        questions += 1
        facts.known = min(rows, 10 * number)
      }
      if pager.page(facts, number, of: list, count: &count).next == .end {
        return (number, pager.isEndless, questions)
      }
    }
    return (2_000, false, questions)
  }

  @Test(arguments: [0, 30, 300], [nil, 0, 30, 9_000_000])
  func `no list costs more than twice its records and ten pages`(rows: Int, total: Int?) {
    for next in [Reply.Next.more, .unknown] where next == .more || total != 30 {
      let cost = cost(rows: rows, counted: total, next: next)
      #expect(cost.pages == 2 * rows / 10 + 11 && cost.isEndless, "\(next): \(cost)")
    }
  }

  @Test func `a list that goes on bringing rows is asked about ever more seldom`() {
    let cost = cost(rows: .max, counted: 5)
    #expect(cost.pages == 2_000 && !cost.isEndless && cost.questions <= 9, "\(cost)")
  }

  /// What a page of a list by number holds beyond what was asked for stood on the one before. The
  /// first page has none before it: it is a list that is given whole, and no page follows it.
  @Test(
    arguments: [
      (1, 25, true, 25, .end), (2, 11, true, 10, .more), (2, 10, true, 10, .more),
      (2, 9, true, 9, .end), (2, 11, false, 11, .end),
    ] as [(Int, Int, Bool, Int, Step.Next)])
  func `a page is full by what stands on it alone`(
    number: Int, records: Int, isNumbered: Bool, count: Int, next: Step.Next
  ) {
    var pager = Pager(size: 10)
    var counted = 0
    let facts = PageFacts(records: records, listed: records, content: 7)
    let list = Pager.List(isCounted: true, mustEnd: true, isNumbered: isNumbered)
    let step = pager.page(facts, number, of: list, count: &counted)
    #expect(step.next == next && counted == count && pager.delivered == count)
  }

  @Test func `a count of less than came ends no list`() {
    #expect(read(counted: 5) { UInt64($0) }.pages == 500)
  }
}
