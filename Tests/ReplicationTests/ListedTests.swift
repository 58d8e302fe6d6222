import Model
import SQLite
import TestSupport
import Testing

@testable import Replication

@Suite struct ListedTests {
  private let noon = ScratchFile.noon

  /// When the list of everything and the question for changes were begun, from noon; whether the
  /// former lacked the row and the latter showed it; since when it is known to be alive.
  @Test(
    arguments: [
      (0, nil, false, false, 0), (0, nil, true, false, nil), (nil, 0, false, true, 0),
      (nil, 0, false, false, nil), (-20, 0, false, true, 0), (-20, 0, true, true, 0),
      (-20, 0, false, false, -20), (nil, nil, false, true, nil),
    ] as [(Int64?, Int64?, Bool, Bool, Int64?)])
  func `a row is alive since the list that has shown it`(
    everything: Int64?, changes: Int64?, isAbsent: Bool, isShown: Bool, since: Int64?
  ) {
    var listed = Listed()
    listed.everythingSince = everything.map { noon + $0 }
    if isShown { listed.insert([1]) }
    if let changes { listed.endChanges(since: noon + changes) }
    #expect(listed.shown([1], isAbsent: isAbsent) == since.map { noon + $0 })
    listed.beginChanges()
    #expect(listed.shown([1], isAbsent: true) == nil)
  }
}
