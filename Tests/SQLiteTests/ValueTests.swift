import SQLite
import Testing

/// When two stored values are the same.
@Suite struct ValueTests {
  /// An e with an acute accent: one scalar, and two.
  static let (composed, decomposed) = ("Zo\u{e9}", "Zoe\u{301}")

  @Test func `texts that differ by normal form alone are not equal`() {
    #expect(Value.text(Self.composed) != .text(Self.decomposed))
    #expect([[Value.text(Self.composed)]] != [[.text(Self.decomposed)]])
    #expect(Value.text("Zoe") != .text("Zoe\u{0}"))
  }

  @Test func `a set and a dictionary tell normal forms apart`() {
    let keys: [[Value]] = [["party", .text(Self.composed)], ["party", .text(Self.decomposed)]]
    #expect(Set(keys).count == 2)
    #expect(Dictionary(zip(keys, 1...)) { first, _ in first }[keys[1]] == 2)
  }

  @Test func `equal values are found, however they were made`() {
    let words = ["", "a", "Łukasz 🚲", "\u{0}", String(repeating: "longer than sixteen ", count: 9)]
    let texts = words.map { Value.text($0) }
    let read = words.map { Value.text(String(decoding: Array($0.utf8), as: UTF8.self)) }
    let others: [Value] = [nil, 0, -1, .real(0.5), .real(-0.0), .blob([]), .blob([0, 255])]
    #expect(texts == read)
    #expect(Set(texts + others) == Set(others.reversed() + read))
    #expect(Set(texts + read + others).count == words.count + others.count)
    #expect(Value.real(-0.0) == .real(0.0))
  }

  @Test func `values of different classes are never equal`() {
    let values: [Value] = [nil, 0, .real(0), "", "0", .blob([]), .blob([0x30])]
    for (index, value) in values.enumerated() {
      #expect(values.indices.filter { values[$0] == value } == [index])
    }
    #expect(Set(values).count == values.count)
  }
}
