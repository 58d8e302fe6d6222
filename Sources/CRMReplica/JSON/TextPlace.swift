internal import ReplicaFile

/// A place in a text as an editor shows it, both numbers from 1, columns in characters.
struct TextPlace: Hashable, Sendable {
  let line: Int
  let column: Int

  /// The place of a byte; past the end counts as the end.
  init(of offset: Int, in text: [UInt8]) {
    let before = text.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    column = 1 + String(decoding: before[lineStart...], as: UTF8.self).count
  }
}

extension JSONSyntaxError {
  /// What is wrong with the text that was read; a phrase without a full stop.
  func complaint(about text: [UInt8]) -> String {
    switch problem {
    case .other(let phrase): return phrase
    case .expected(let expected) where offset >= text.count:
      return "the file ends where \(expected) must stand"
    case .expected(let expected):
      let found = String(decoding: text[offset...].prefix(4), as: UTF8.self).prefix(1)
      return "\(expected) must stand where \(String(found).quoted()) stands"
    }
  }
}
