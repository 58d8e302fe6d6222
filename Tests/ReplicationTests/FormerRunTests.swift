import Testing

@testable import Replication

/// What is left of a former run whose pages a pass goes on behind.
@Suite struct FormerRunTests {
  @Test(arguments: [(10, 0, false, false), (10, 9, true, false), (10, 10, false, true)])
  func `the border is crossed once, and lost where nothing on it was met`(
    records: Int, unmet: Int, isEnd: Bool, isLost: Bool
  ) {
    var former = FormerRun(isOpen: true, border: 7)
    var facts = PageFacts(records: records)
    facts.unmet = unmet
    #expect(former.crossed(facts, isEnd: isEnd) == isLost)
    #expect(former.border == nil && former.isOpen)
  }

  /// A page that is empty says so of the list only where that ends.
  @Test(arguments: [true, false])
  func `an empty border is the end of the list or a hole in it`(isEnd: Bool) {
    var former = FormerRun(isOpen: true, border: 7)
    #expect(former.crossed(PageFacts(), isEnd: isEnd) == isEnd)
  }

  @Test func `a list that is read from its beginning has no border`() {
    var former = FormerRun(isOpen: true, border: 7)
    former.forgetBorder()
    #expect(former.border == nil && former.isOpen)
    former.close()
    #expect(!former.isOpen)
  }
}
