internal import Simulation

/// Draws of one record: the same seed and the same number always give the same record.
struct Draws {
  private var generator: SplitMix64

  init(_ seed: UInt64, _ number: Int) {
    // The finaliser inside the generator spreads the two over the word.
    var first = SplitMix64(seed: seed &+ UInt64(number) &* 0xd134_2543_de82_ef95)
    generator = SplitMix64(seed: first.next())
  }

  mutating func below(_ count: Int) -> Int {
    Int(truncatingIfNeeded: generator.next() >> 33) % count
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
