import Testing

@testable import Replication

/// What the source counts, held against what came.
@Suite struct SourceCountTests {
  // MARK: While a list is read

  /// The counts of its replies, one behind the other, by a source whose count is off by so much.
  @Test(
    arguments: [
      ([9, 9, 9], 0, 0), ([9, 8, 8], 0, 1), ([9, 8, 7], 0, 2), ([7, 9], 0, 0),
      // What it is known to waver by tells of no row that went; what goes beyond tells of all.
      ([9, 8], 1, 0), ([9, 7], 1, 2), ([9, 8, 9, 8], 1, 0),
    ])
  func `a count that goes down tells of rows that went`(counts: [Int], error: Int, gone: Int) {
    var count = SourceCount(error: error)
    for (before, after) in zip(counts, counts.dropFirst()) { count.moved(from: before, to: after) }
    #expect(count.shrinkage == gone)
    // The rows that went belong to the reading, until what was read is forgotten.
    count.beginAgain(forgets: false)
    #expect(count.shrinkage == gone)
    count.beginAgain(forgets: true)
    #expect(count.shrinkage == 0)
  }

  @Test func `the part of a list that is shortest says by how much it is short`() {
    var count = SourceCount()
    #expect(count.agrees)
    count.ended(behind: 5, of: 5)
    #expect(count.agrees && count.shortfall == 0)
    count.ended(behind: 3, of: 7)
    count.ended(behind: 8, of: 9)
    #expect(!count.agrees && count.shortfall == 4 && count.total == 9)
    count.beginAgain(forgets: false)
    #expect(count.agrees && count.shortfall == 0)
  }

  @Test func `more than is counted, or no count at all, confirms nothing`() {
    var count = SourceCount()
    count.ended(behind: 6, of: 5)
    #expect(!count.agrees && count.shortfall == 0)
    count = SourceCount()
    count.isMissing = true
    #expect(!count.agrees)
    count.beginAgain(forgets: false)
    #expect(count.agrees)
  }

  // MARK: When it has been read

  /// A list that ended so far below its count, where a count may be off by so much.
  private static func short(by rows: Int, error: Int = 0) -> SourceCount {
    var count = SourceCount(error: error)
    count.ended(behind: 100 - rows, of: 100)
    return count
  }

  @Test(
    arguments: [
      (0, 0, false, false), (1, 0, true, true), (2, 2, false, false), (3, 2, true, true),
      // What an operator has accepted could hide all of a few changes.
      (12, 12, false, true), (3, 12, false, false), (4, 12, false, true),
    ])
  func `a list is short by more than is known to be harmless`(
    rows: Int, error: Int, isShort: Bool, isShortOfChanges: Bool
  ) {
    let count = Self.short(by: rows, error: error)
    #expect(count.isShort(ofChanges: false) == isShort)
    #expect(count.isShort(ofChanges: true) == isShortOfChanges)
  }

  @Test(
    arguments: [
      (3, 0, true, 3), (3, 0, false, nil), (4, 0, true, nil), (12, 12, true, 12),
      (13, 12, true, nil), (2, 12, true, 12),
    ] as [(Int, Int, Bool, Int?)])
  func `two equal readings make a few rows an error of the count`(
    rows: Int, error: Int, isSteady: Bool, learnt: Int?
  ) {
    var count = Self.short(by: rows, error: error)
    #expect(count.isErrorLearnt(isSteady: isSteady) == (learnt != nil))
    #expect(count.error == learnt ?? error)
  }

  @Test(arguments: [(12, 5, false, 5), (12, 0, false, 0), (3, 1, false, 3), (12, 5, true, 12)])
  func `what was accepted holds as long as it is needed`(
    error: Int, rows: Int, isMissing: Bool, left: Int
  ) {
    var count = Self.short(by: rows, error: error)
    count.isMissing = isMissing
    count.dropNeedless()
    #expect(count.error == left)
  }

  /// Changes of which the source counts a hundred.
  @Test(
    arguments: [
      (101, 0, true), (100, 0, false), (99, 0, false), (99, 99, false), (99, 100, true),
    ])
  func `a count of changes is their own if nothing else has so many rows`(
    living: Int, places: Int, isOwn: Bool
  ) {
    var count = Self.short(by: 40)
    #expect(count.isOwn(living: living, places: places) == isOwn)
    count.disregardShortfall()
    #expect(count.shortfall == 0 && !count.isShort(ofChanges: true))
  }

  @Test(arguments: [(2, 0, true, 2), (2, 2, true, 0), (2, 5, true, 0), (2, 5, false, 7)])
  func `reported deletions explain a shrinking of a list of everything alone`(
    shrinkage: Int, reported: Int, explains: Bool, lost: Int
  ) {
    var count = SourceCount()
    count.moved(from: 10, to: 10 - shrinkage)
    #expect(count.lost(reported: reported, explains: explains) == lost)
  }

  // MARK: What explains a list that is longer than its rows

  typealias Balance = SourceCount.Balance

  @Test(
    arguments: [
      // As many are known as are counted: true only if they have been searched for.
      (Balance(length: 16, known: 15, counted: 15), true, false, true),
      (Balance(length: 16, known: 15, counted: 15), false, false, false),
      (Balance(length: 16, known: 15, lost: 1, counted: 15), true, false, false),
      (Balance(length: 16, known: 15, counted: 16), true, false, false),
      // It has always repeated two.
      (Balance(length: 17, known: 15), false, false, true),
      (Balance(length: 17, known: 15, lost: 1), false, false, false),
      (Balance(length: 18, known: 15), false, false, false),
      // Two equal readings show that it does, unless the count says that many are missing.
      (Balance(length: 18, known: 15), false, true, true),
      (Balance(length: 18, known: 15, counted: 18), false, true, true),
      (Balance(length: 19, known: 15, counted: 19), false, true, false),
      // More are known than it held.
      (Balance(length: 14, known: 15), true, true, false),
    ])
  func `a list may be longer than its rows`(
    balance: Balance, isSearched: Bool, isSteady: Bool, isExplained: Bool
  ) {
    var count = SourceCount(lengthError: 2)
    let explains = count.explains(balance, isSearched: isSearched, isSteady: isSteady)
    #expect(explains == isExplained)
    let repeated = balance.length - balance.known
    #expect(count.lengthError == (isExplained ? repeated : 2))
    count = SourceCount(lengthError: 2, learnsLength: false)
    #expect(count.explains(balance, isSearched: isSearched, isSteady: isSteady) == isExplained)
    #expect(count.lengthError == 2)
  }

  @Test(arguments: [(3, true, 3), (4, false, 0)])
  func `a count that wavers is remembered by its largest drop`(
    drop: Int, isExplained: Bool, error: Int
  ) {
    var count = SourceCount()
    count.moved(from: 20, to: 20 - drop)
    count.moved(from: 20, to: 19)
    let balance = Balance(length: 15, known: 15, lost: drop + 1)
    #expect(count.explains(balance, isSearched: false, isSteady: true) == isExplained)
    #expect(count.error == error)
  }
}
