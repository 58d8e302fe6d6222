/// How often and after what delay a request is made again.
///
/// Reading is harmless to repeat. The delay doubles, and a random half of it is left out, so that
/// several replicas do not come back together.
package struct Retry: Sendable {
  /// Requests for one page, the first included.
  package var attempts = 4
  /// The longest first delay.
  package var firstDelay = Duration.milliseconds(500)

  package init() {}

  /// The delay before the next attempt after `failures` failed ones, or nil when it is enough.
  package func delay(
    after failures: Int, using generator: inout some RandomNumberGenerator
  ) -> Duration? {
    guard failures < attempts else { return nil }
    let longest = firstDelay * (1 << max(0, failures - 1))
    return longest / 2 + longest / 2 * Double.random(in: 0...1, using: &generator)
  }
}
