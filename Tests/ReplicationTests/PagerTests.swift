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

  @Test func `a count of less than came ends no list`() {
    #expect(read(counted: 5) { UInt64($0) }.pages == 500)
  }
}
