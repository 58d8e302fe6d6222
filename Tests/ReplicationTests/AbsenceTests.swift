import Testing

@testable import Replication

/// What is done about rows that a list lacks.
@Suite struct AbsenceTests {
  /// What readings lack, one behind the other: rows, and those that can be asked for.
  @Test(
    arguments: [
      ([(0, 0)], false, .believe, .none), ([(3, 3)], false, .ask, .confirmed),
      ([(3, 10)], false, .ask, .confirmed), ([(12, 10)], false, .readAgain, .readTwice),
      ([(3, 0)], true, .readAgain, .readTwice),
      ([(12, 10), (12, 10)], false, .ask, .sampled),
      ([(12, 10), (12, 10)], true, .believe, .sampled),
      ([(12, 0), (12, 0)], false, .believe, .sampled),
      ([(12, 10), (3, 3)], true, .ask, .confirmed),
      ([(12, 10), (0, 0)], false, .believe, .readTwice),
    ] as [([(Int, Int)], Bool, Absence.Step, Absence.Answer)])
  func `rows are asked for where they are few, and read again where they are many`(
    readings: [(rows: Int, askable: Int)], isSure: Bool, step: Absence.Step, answer: Absence.Answer
  ) {
    var absence = Absence()
    var last: Absence.Step?
    for reading in readings {
      last = absence.lacks(reading.rows, askable: reading.askable, isSure: isSure)
    }
    #expect(last == step && absence.answer == answer)
    #expect(absence.isAnswered == (answer == .confirmed || answer == .sampled))
    // Read anew, what has been answered for is asked for anew; another reading was had.
    absence.beginAgain()
    #expect(absence.answer == (answer == .readTwice ? .readTwice : .none))
  }

  @Test func `rows that show themselves are hidden if another reading is the same`() {
    var absence = Absence()
    #expect(!absence.isHidden(isSteady: true))
    _ = absence.lacks(2, askable: 2, isSure: false)
    absence.shown(0)
    #expect(!absence.isHidden(isSteady: true))
    absence.shown(1)
    #expect(!absence.isHidden(isSteady: false) && absence.isHidden(isSteady: true))
    absence.shown(1)
    #expect(absence.denied == 2)
    // What is read anew may hide them all the same.
    absence.beginAgain()
    #expect(!absence.isHidden(isSteady: false) && absence.isHidden(isSteady: true))
  }

  @Test func `one of a sample speaks for the others`() {
    var absence = Absence()
    for _ in 0..<2 { _ = absence.lacks(12, askable: 10, isSure: false) }
    absence.shown(1)
    #expect(absence.isHidden(isSteady: false))
  }
}
