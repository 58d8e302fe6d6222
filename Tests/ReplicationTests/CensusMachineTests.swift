import Model
import Testing

@testable import Replication

/// A census without a CRM: pages of keys beside those of a file.
@Suite struct CensusMachineTests {
  private let position = Position("0")

  private func machine(_ budget: Int = 10) -> CensusMachine {
    CensusMachine(
      from: CensusMachine.Place(position: position), budget: budget, perRequest: 3,
      at: Timestamp(1_000))
  }

  /// Takes a page of keys and the position of the next one, and says what follows.
  private func check(
    _ machine: inout CensusMachine, _ ids: [Int64], _ next: Int64?, file: [Int64],
    _ expected: Step.Next
  ) {
    let step = machine.page(ids, next.map { .moreAt(Position("\($0)")) } ?? .end) { from, to in
      file.filter { from < $0 && $0 <= to }
    }
    #expect(step.next == expected)
  }

  @Test func `what differs is asked for, what a page lacks beside what it has`() {
    let file: [Int64] = [1, 2, 4, 5, 7, 9]
    var machine = machine()
    check(&machine, [1, 3, 4], 4, file: file, .more)
    check(&machine, [7], nil, file: file, .end)
    let scans = machine.allRead()
    #expect(
      scans == [
        Scan(listing: 0, ids: [2, 5], control: 7), Scan(listing: 0, ids: [9], control: 7),
        Scan(listing: 0, ids: [3]),
      ])
    #expect(machine.place == nil)
    let answers: [(Scan, Set<Int64>)] = [
      (Scan(listing: 0, ids: [2, 5], control: 7), [7, 5]),
      (Scan(listing: 0, ids: [9], control: 7), []), (Scan(listing: 0, ids: [3]), []),
    ]
    let asked = answers.map { machine.answered($0, with: $1) }
    #expect(asked == [[], nil, [Scan(listing: 0, ids: [3], isAlone: true)]])
    #expect(machine.gone == [2])
    let more = machine.allRead()
    #expect(more == [])
  }

  @Test func `an empty window hides nothing of what stands in it`() {
    let file: [Int64] = [1, 150, 250]
    var machine = machine()
    check(&machine, [1], 100, file: file, .more)
    check(&machine, [], 200, file: file, .more)
    check(&machine, [250], 300, file: file, .more)
    check(&machine, [], nil, file: file, .end)
    let scans = machine.allRead()
    #expect(scans == [Scan(listing: 0, ids: [150], control: 250)])
  }

  @Test func `a census that may go no further says where the next one goes on`() {
    let file: [Int64] = [1, 2, 3, 4]
    var machine = machine(1)
    check(&machine, [1, 2], 2, file: file, .end)
    let none = machine.allRead()
    #expect(none == [])
    let place = machine.place
    #expect(place == CensusMachine.Place(position: Position("2"), key: 2))
    machine = CensusMachine(from: place!, budget: 9, perRequest: 3, at: Timestamp(2_000))
    check(&machine, [4], nil, file: file, .end)
    let scans = machine.allRead()
    #expect(scans == [Scan(listing: 0, ids: [3], control: 4)])
  }

  /// Its key was listed, so that a list of records that lacks it hides it, wherever that began.
  @Test func `a record that comes alone and in no list is hidden`() {
    var machine = CensusMachine(
      from: .init(position: Position("2"), key: 2), budget: 9, perRequest: 3, at: Timestamp(2_000))
    check(&machine, [4], nil, file: [], .end)
    let scans = machine.allRead()
    let alone = machine.answered(scans[0], with: [])
    #expect(alone == [Scan(listing: 0, ids: [4], isAlone: true)] && machine.hidden == 0)
    let more = machine.answered(Scan(listing: 0, ids: [4], isAlone: true), with: [4])
    #expect(more == [] && machine.hidden == 1)
  }

  @Test func `of a table that comes empty only single answers count`() {
    var machine = machine()
    check(&machine, [], nil, file: Array(1...50), .end)
    let scans = machine.allRead()
    #expect(scans == (1...10).map { Scan(listing: 0, ids: [$0], isAlone: true) })
    let isSure = machine.answered(scans[0], with: []) != nil
    #expect(!isSure && machine.gone == [])
    let more = machine.isGone(scans[0])
    #expect(more == [] && machine.gone == [1])
  }

  @Test func `an answer that several are not all there is asked for one by one`() {
    var machine = machine()
    let scans = machine.isGone(Scan(listing: 0, ids: [1, 2], control: 3))
    #expect(
      scans
        == [Scan(listing: 0, ids: [1]), Scan(listing: 0, ids: [2])])
    #expect(machine.gone == [])
  }

  @Test func `a page that begins where it began does not go on`() {
    var machine = machine()
    check(&machine, [1], 0, file: [], .fail(.endless))
  }
}
