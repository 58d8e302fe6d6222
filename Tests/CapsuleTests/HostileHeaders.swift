import CapsuleSimulator
import HTTP
import Simulation

/// Draws header values that no good server sends.
struct HostileHeaders {
  private var mutator: Mutator

  init(seed: UInt64) {
    mutator = Mutator(seed: seed)
  }

  /// The headers that are read.
  static let names = [
    "Date", "Link", "X-Pagination-Has-More", "X-RateLimit-Limit", "X-RateLimit-Remaining",
    "X-RateLimit-Reset", "Retry-After",
  ]

  static let numbers = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-1", "0", "1", "+1", "",
    "18446744073709551616", "1e9", "1.5", "0x7fffffff", " 5", "\u{0}", "\u{664}\u{665}",
    "99999999999", "253402300800", "1, 2",
  ]

  static let dates = [
    "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:60 GMT",
    "Sat, 01 Jan 0000 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT", "Sat, 01 Jan 99999 00:00:00 GMT",
    "Sat, 01 Jan 9223372036854775807 00:00:00 GMT", "Sat, -1 Jan 2026 00:00:00 GMT",
    "Sun, 29 Feb 2026 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-37 GMT", "0", "",
    "Sun, 06 Nov 1994 9223372036854775807:0:0 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "\u{0}",
  ]

  static let links = [
    "", "<", ">", "<>", "<>; rel=\"next\"", "<<a>; rel=next", "<a; rel=\"next\"", "a; rel=next",
    "<a>; rel=", "<a>; rel=next; rel=prev", "<\u{0}>; rel=next", "<>;rel=next,<>;rel=next",
    "<https://elsewhere.example/api/v2/parties?page=2>; rel=\"next\"",
    "<https://api.capsulecrm.com/api/v2/parties?page=9223372036854775808>; rel=\"next\"",
    "<https://api.capsulecrm.com/api/v2/parties?page=-9223372036854775808>; rel=\"next\"",
    "</api/v2/../../parties?page=2>; rel=\"next\"", "<//elsewhere.example/>; rel=next",
    String(repeating: "<", count: 5_000), String(repeating: "<>", count: 5_000),
    String(repeating: "<a>;", count: 5_000) + "rel=next",
  ]

  /// A value for a header: one that is known to be odd, or a damaged real one.
  mutating func value(for name: String, real: String?) -> String {
    if let real, mutator.chance(40) {
      let bytes = mutator.mutant(of: Array(real.utf8), other: Array(mutator.pick(Self.links).utf8))
      return String(decoding: bytes, as: UTF8.self)
    }
    switch name {
    case "Date": return mutator.pick(Self.dates)
    case "Link": return mutator.pick(Self.links)
    case "X-Pagination-Has-More":
      return mutator.pick(["true", "false", "TRUE", "yes", "", "\u{0}"])
    case "Retry-After": return mutator.pick(Self.numbers + Self.dates)
    default: return mutator.pick(Self.numbers)
    }
  }

  /// Rewrites, adds or leaves out some headers, and now and then the status.
  mutating func damage(_ response: inout Response) {
    guard mutator.chance(50) else { return }
    var headers = Headers()
    for name in Self.names {
      let real = response.headers[name]
      if mutator.chance(25) {
        headers.append(name, value(for: name, real: real))
      } else if let real, mutator.chance(90) {
        headers.append(name, real)
      }
    }
    response.headers = headers
    if mutator.chance(8) {
      response.status = mutator.pick([429, 429, 429, 503, 204, 0, -1, 999, .max, .min])
    }
  }
}
