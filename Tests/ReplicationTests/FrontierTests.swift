import TestSupport
import Testing

@testable import Replication

@Suite struct FrontierTests {
  /// What a source says of the number of pages, if it says anything.
  enum Count: CaseIterable {
    case none, right, tooLow, tooHigh, never0

    func pages(_ real: Int) -> Int? {
      switch self {
      case .none: nil
      case .right: real
      case .tooLow: max(0, real - 2)
      case .tooHigh: real + 3
      case .never0: 0
      }
    }
  }

  private static func scans(_ count: Int) -> [Scan] {
    (0..<count).map { Scan(listing: 0, parent: Int64($0)) }
  }

  /// Answers in any order, applies in the right one, and checks each question.
  ///
  /// Returns what was asked, in order.
  private func drive(
    _ frontier: inout Frontier, lengths: [Int], count: Count, window: Int, seed: UInt64,
    start: PageAddress = PageAddress(scan: 0, page: 1)
  ) -> [PageAddress] {
    var generator = SeededGenerator(seed: seed)
    var asked: [PageAddress] = []
    var replies: Set<PageAddress> = []
    var onTheirWay: [PageAddress] = []
    // Pages that a reply said to exist, by scan.
    var promised: [Int: Int] = [:]
    var steps = 0
    while !frontier.isDone, steps < 10_000 {
      steps += 1
      let next = frontier.next
      if generator.next() % 3 > 0, let address = frontier.ask() {
        #expect(address >= next)
        let isStart = address == start || address.page == 1
        #expect(isStart || address.page <= promised[address.scan] ?? 0, "asked \(address)")
        #expect(address.scan < next.scan + window)
        let first = address.scan == next.scan ? next.page : 1
        #expect(address.page < first + window)
        asked.append(address)
        onTheirWay.append(address)
      } else if let address = onTheirWay.randomElement(using: &generator) {
        onTheirWay.removeAll { $0 == address }
        replies.insert(address)
      }
      while replies.remove(frontier.next) != nil {
        let address = frontier.next
        let hasMore = address.page < lengths[address.scan]
        let pages = count.pages(lengths[address.scan])
        promised[address.scan] = max(address.page + 1, pages ?? 0)
        frontier.advance(hasMore: hasMore, pages: pages)
        #expect(frontier.pages == pages)
        let expected =
          hasMore
          ? PageAddress(scan: address.scan, page: address.page + 1)
          : PageAddress(scan: address.scan + 1, page: 1)
        #expect(frontier.next == expected)
      }
    }
    #expect(frontier.isDone)
    #expect(frontier.ask() == nil)
    return asked
  }

  @Test(arguments: Count.allCases)
  func `each page is asked for once and none that may not exist`(count: Count) {
    for seed in UInt64(0)..<60 {
      var generator = SeededGenerator(seed: seed)
      let lengths = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        Int.random(in: 1...12, using: &generator)
      }
      let window = Int.random(in: 1...8, using: &generator)
      var frontier = Frontier(
        Self.scans(lengths.count), from: PageAddress(scan: 0, page: 1), window: window)
      let asked = drive(
        &frontier, lengths: lengths, count: count, window: window, seed: seed)
      #expect(Set(asked).count == asked.count, "seed \(seed): a page is asked for twice")
      let needed = lengths.enumerated().flatMap { scan, length in
        (1...length).map { PageAddress(scan: scan, page: $0) }
      }
      #expect(Set(asked).isSuperset(of: needed), "seed \(seed)")
      if count != .tooHigh { #expect(asked.count == needed.count, "seed \(seed)") }
    }
  }

  @Test func `a resumed pass begins where it stands`() {
    for seed in UInt64(0)..<20 {
      let start = PageAddress(scan: 1, page: 4)
      var frontier = Frontier(Self.scans(3), from: start, window: 4)
      let asked = drive(
        &frontier, lengths: [9, 6, 2], count: .right, window: 4, seed: seed, start: start)
      let expected = [(1, 4), (1, 5), (1, 6), (2, 1), (2, 2)].map {
        PageAddress(scan: $0.0, page: $0.1)
      }
      #expect(asked.sorted() == expected, "seed \(seed)")
    }
  }

  @Test func `without a count one page of a scan is asked for at a time`() {
    var frontier = Frontier(Self.scans(1), from: PageAddress(scan: 0, page: 1), window: 8)
    #expect(frontier.ask() == PageAddress(scan: 0, page: 1))
    #expect(frontier.ask() == nil)
    frontier.advance(hasMore: true, pages: nil)
    #expect(frontier.ask() == PageAddress(scan: 0, page: 2))
    #expect(frontier.ask() == nil)
    frontier.advance(hasMore: false, pages: nil)
    #expect(frontier.ask() == nil && frontier.isDone)
  }

  @Test func `with a count the window is asked for`() {
    var frontier = Frontier(Self.scans(1), from: PageAddress(scan: 0, page: 1), window: 3)
    #expect(frontier.ask()?.page == 1)
    frontier.advance(hasMore: true, pages: 9)
    #expect([frontier.ask()?.page, frontier.ask()?.page, frontier.ask()?.page] == [2, 3, 4])
    #expect(frontier.ask() == nil)
    frontier.advance(hasMore: true, pages: 9)
    #expect(frontier.ask()?.page == 5)
    #expect(frontier.ask() == nil)
  }

  @Test func `the last page is asked for when all others have come`() {
    var frontier = Frontier(Self.scans(1), from: PageAddress(scan: 0, page: 1), window: 8)
    #expect(frontier.ask()?.page == 1)
    frontier.advance(hasMore: true, pages: 4)
    #expect([frontier.ask()?.page, frontier.ask()?.page, frontier.ask()?.page] == [2, 3, nil])
    frontier.advance(hasMore: true, pages: 4)
    #expect(frontier.ask() == nil)
    frontier.advance(hasMore: true, pages: 4)
    #expect(frontier.ask() == PageAddress(scan: 0, page: 4))
    #expect(frontier.ask() == nil)
  }

  @Test func `the first pages of several scans are asked for together`() {
    var frontier = Frontier(Self.scans(9), from: PageAddress(scan: 0, page: 1), window: 3)
    #expect([frontier.ask()?.scan, frontier.ask()?.scan, frontier.ask()?.scan] == [0, 1, 2])
    #expect(frontier.ask() == nil)
    frontier.advance(hasMore: false, pages: nil)
    #expect(frontier.ask() == PageAddress(scan: 3, page: 1))
  }

  @Test func `scans can be added to one that is done`() {
    var frontier = Frontier([], from: PageAddress(scan: 0, page: 1), window: 2)
    #expect(frontier.isDone && frontier.ask() == nil)
    frontier.append(Self.scans(1))
    #expect(frontier.ask() == PageAddress(scan: 0, page: 1))
    frontier.advance(hasMore: false, pages: nil)
    #expect(frontier.isDone)
    frontier.append(Self.scans(1))
    #expect(frontier.ask() == PageAddress(scan: 1, page: 1))
  }

  @Test func `scans that are over are let go of, and the others keep their numbers`() {
    var frontier = Frontier([], from: PageAddress(scan: 0, page: 1), window: 2)
    for scan in 0..<1_000 {
      frontier.append([Scan(listing: 0, parent: Int64(scan))])
      #expect(frontier.ask() == PageAddress(scan: scan, page: 1))
      #expect(frontier[scan].parent == Int64(scan))
      frontier.advance(hasMore: false, pages: nil)
      #expect(frontier.count == scan + 1 && frontier.isDone && frontier.kept <= 100)
    }
  }
}
