/// A seeded generator: the same seed always gives the same draws, and so the same bytes.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mixed(state)
  }
}

/// The finaliser of SplitMix64: spreads every input bit over the whole word.
package func mixed(_ value: UInt64) -> UInt64 {
  var mix = value
  mix = (mix ^ (mix >> 30)) &* 0xBF58_476D_1CE4_E5B9
  mix = (mix ^ (mix >> 27)) &* 0x94D0_49BB_1331_11EB
  return mix ^ (mix >> 31)
}

extension RandomNumberGenerator {
  /// True in `percent` of a hundred cases.
  package mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &self) < percent
  }

  /// An element of a collection that is not empty.
  package mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element
  {
    let offset = Int.random(in: 0..<choices.count, using: &self)
    return choices[choices.index(choices.startIndex, offsetBy: offset)]
  }

  /// A whole number of the range.
  package mutating func int(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  /// Seconds of the range.
  package mutating func seconds(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &self)
  }
}
