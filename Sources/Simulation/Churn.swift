/// An account in which people may be at work, one small change after another.
package protocol EditedAccount: SimulatedAccount {
  /// A kind of change.
  associatedtype Edit: Hashable, Sendable

  /// The kinds that may happen.
  var edits: [Edit] { get }

  /// Makes one random change of a kind. False when there is nothing to change.
  func apply(_ edit: Edit, using random: inout some RandomNumberGenerator) -> Bool
}

/// Edits between the requests of a client: a seeded crowd at work on the account meanwhile.
///
/// The account calls `work` before it answers. Several may go on at once.
package struct Churn<Account: EditedAccount>: Sendable {
  /// Edits per request; 0.1 is an edit before every tenth request of the range.
  package let rate: Double
  /// The requests, counted from 1 over the account's life, before which edits are made.
  package let requests: ClosedRange<Int>
  /// Kinds the edits are drawn from; nil for all that the account allows.
  package let kinds: [Account.Edit]?
  /// Seconds by which the clock may move before an edit; half of the edits move it.
  package let pause: ClosedRange<Int64>
  /// How many edits of each kind have taken effect.
  package private(set) var done: [Account.Edit: Int] = [:]

  private var generator: SplitMix64

  /// Plans edits.
  ///
  /// - Parameters:
  ///   - seed: what the edits are drawn from; the same seed makes the same edits.
  ///   - rate: edits per request, at least 0.
  ///   - requests: the requests before which they are made.
  ///   - kinds: what to draw from; nil for all kinds.
  ///   - pause: seconds by which the clock may move before an edit.
  package init(
    seed: UInt64, rate: Double, requests: ClosedRange<Int> = 1...Int.max,
    kinds: [Account.Edit]? = nil, pause: ClosedRange<Int64> = 0...2
  ) {
    self.rate = rate
    self.requests = requests
    self.kinds = kinds
    self.pause = pause
    generator = SplitMix64(seed: seed)
  }

  /// How many edits have taken effect.
  package var count: Int { done.values.reduce(0, +) }

  /// Makes the edits that are due before the request of a number.
  package mutating func work(on account: Account, before number: Int) {
    guard requests.contains(number) else { return }
    let place = number - requests.lowerBound
    for _ in due(before: place)..<due(before: place + 1) { edit(account) }
  }

  /// How many edits precede a place of the range, in spite of what a fraction loses in binary.
  private func due(before place: Int) -> Int {
    Int(rate * Double(place) + 1e-6)
  }

  /// One edit that takes effect. A kind may find nothing to change, and then another is drawn.
  private mutating func edit(_ account: Account) {
    if generator.chance(50) { account.now += generator.seconds(pause) }
    for _ in 0..<100 {
      let edit = generator.pick(kinds ?? account.edits)
      if account.apply(edit, using: &generator) {
        done[edit, default: 0] += 1
        return
      }
    }
  }
}
