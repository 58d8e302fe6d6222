/// Keeps secrets out of what others have written.
package enum Secrecy {
  /// The text with dots for each of the secrets.
  package static func masked(_ text: String, _ secrets: [String]) -> String {
    String(decoding: masked(Array(text.utf8), secrets), as: UTF8.self)
  }

  /// The bytes with asterisks for each of the secrets.
  package static func masked(_ bytes: [UInt8], _ secrets: [String]) -> [UInt8] {
    var bytes = bytes
    for secret in secrets.map({ Array($0.utf8) }) where !secret.isEmpty {
      var start = 0
      while start + secret.count <= bytes.count {
        if bytes[start] == secret[0], bytes[start...].starts(with: secret) {
          let range = start..<start + secret.count
          bytes.replaceSubrange(range, with: repeatElement(UInt8(ascii: "*"), count: range.count))
          start += secret.count
        } else {
          start += 1
        }
      }
    }
    return bytes
  }
}
