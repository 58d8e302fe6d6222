import Testing

@testable import Replication

/// What a list shows of itself while it is read.
@Suite struct ListEvidenceTests {
  /// Pages by what they hold; 0 is one without records.
  private func read(_ pages: [UInt64], into evidence: inout ListEvidence) {
    for (index, content) in pages.enumerated() {
      let facts = PageFacts(records: content == 0 ? 0 : 5, content: content)
      let isRepeating = index > 0 && content != 0 && pages[index - 1] == content
      evidence.add(facts, index + 1, isBehind: false, isRepeating: isRepeating)
    }
  }

  @Test(
    arguments: [
      ([1, 2], [1, 2], true), ([1, 2], [2, 1], false), ([1, 2], [1, 3], false),
      ([1, 2], [1, 2, 3], false),
      // Whether an empty page is asked for, or the last one again, depends on the count.
      ([1, 2, 0], [1, 2], true), ([1, 2, 2], [1, 2], true), ([0], [0], true),
    ] as [([UInt64], [UInt64], Bool)])
  func `a list is steady if two readings show the same in the same order`(
    first: [UInt64], second: [UInt64], isSteady: Bool
  ) {
    var evidence = ListEvidence()
    read(first, into: &evidence)
    #expect(!evidence.isSteady)
    evidence.beginAgain()
    read(second, into: &evidence)
    #expect(evidence.isSteady == isSteady)
  }

  @Test func `what is no whole reading is like no other`() {
    for isResumed in [true, false] {
      var evidence = ListEvidence(isWhole: !isResumed)
      read([1], into: &evidence)
      if !isResumed { evidence.breakOff() }
      evidence.beginAgain()
      read([1], into: &evidence)
      #expect(!evidence.isSteady)
    }
  }

  @Test(arguments: [([1, 0, 2], true), ([0, 1], true), ([1, 0], false), ([1, 2], false)])
  func `a page without records amid others is a hole`(pages: [UInt64], hasHole: Bool) {
    var evidence = ListEvidence()
    read(pages, into: &evidence)
    #expect(evidence.hasHole == hasHole)
    evidence.beginAgain()
    #expect(!evidence.hasHole)
  }

  @Test func `pages are several where one behind the first holds something`() {
    var evidence = ListEvidence()
    evidence.add(PageFacts(records: 5, inserted: 5), 1, isBehind: false, isRepeating: false)
    evidence.add(PageFacts(), 2, isBehind: true, isRepeating: false)
    #expect(evidence.pages == 1 && evidence.found == 0 && !evidence.hasRefused)
    evidence.add(
      PageFacts(records: 5, refused: 1, inserted: 4), 2, isBehind: true, isRepeating: false)
    #expect(evidence.pages == 2 && evidence.found == 4 && evidence.hasRefused)
    evidence.beginAgain()
    #expect(evidence.pages == 2 && evidence.found == 0 && !evidence.hasRefused)
  }
}
