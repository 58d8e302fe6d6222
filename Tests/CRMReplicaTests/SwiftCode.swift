/// A Swift file taken apart: its code, and what its string literals spell. Comments are in neither.
///
/// What an interpolation holds is code. Lines keep their places. Regular expressions count as code.
struct SwiftCode {
  let text: String
  /// What each literal spells, escapes resolved, with a question mark for each interpolation.
  let literals: [String]

  init(_ source: String) {
    var reader = CodeReader(source: Array(source.utf8))
    reader.readCode(inInterpolation: false)
    text = String(decoding: reader.code, as: UTF8.self)
    literals = reader.literals
  }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The words of a piece of code: names, keywords and numbers.
  static func words(_ code: some StringProtocol) -> [String] {
    let words = code.utf8.split {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: false
      default: true
      }
    }
    return words.map { String(decoding: Array($0), as: UTF8.self) }
  }
}

/// Goes through a source once, from its first byte to its last.
private struct CodeReader {
  /// How a string literal is delimited.
  struct Literal {
    let marks: Int
    let isMultiline: Bool

    var end: [UInt8] {
      Array(repeating: UInt8(ascii: "\""), count: isMultiline ? 3 : 1) + hashes
    }
    var escape: [UInt8] { [UInt8(ascii: "\\")] + hashes }
    private var hashes: [UInt8] { Array(repeating: UInt8(ascii: "#"), count: marks) }
  }

  let source: [UInt8]
  var code: [UInt8] = []
  var literals: [String] = []
  private var at = 0

  init(source: [UInt8]) {
    self.source = source
  }

  private func begins(_ text: [UInt8]) -> Bool {
    at + text.count <= source.count && source[at] == text[0]
      && source[at..<at + text.count].elementsEqual(text)
  }

  /// Keeps code up to its end, or up to the parenthesis that ends an interpolation.
  mutating func readCode(inInterpolation: Bool) {
    var depth = 0
    while at < source.count {
      let byte = source[at]
      if byte == UInt8(ascii: "/"), begins(Array("//".utf8)) {
        while at < source.count, source[at] != UInt8(ascii: "\n") { at += 1 }
      } else if byte == UInt8(ascii: "/"), begins(Array("/*".utf8)) {
        skipComment()
      } else if let literal = literal() {
        read(literal)
      } else {
        at += 1
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") {
          if inInterpolation, depth == 0 { return }
          depth -= 1
        }
        code.append(byte)
      }
    }
  }

  /// Passes over a comment that may hold others.
  private mutating func skipComment() {
    var depth = 0
    repeat {
      if begins(Array("/*".utf8)) {
        (depth, at) = (depth + 1, at + 2)
      } else if begins(Array("*/".utf8)) {
        (depth, at) = (depth - 1, at + 2)
      } else {
        keepLineFeed()
        at += 1
      }
    } while depth > 0 && at < source.count
  }

  /// The literal that begins here, whose opening delimiter is then passed; nil when none does.
  private mutating func literal() -> Literal? {
    guard [UInt8(ascii: "\""), UInt8(ascii: "#")].contains(source[at]) else { return nil }
    let marks = source[at...].prefix { $0 == UInt8(ascii: "#") }.count
    let quotes = source[(at + marks)...].prefix { $0 == UInt8(ascii: "\"") }.count
    guard quotes > 0 else { return nil }
    // Three marks alone at the end of a line; `#"""#` is a mark between two delimiters.
    let isMultiline = quotes == 3 && source[(at + marks + 3)...].first == UInt8(ascii: "\n")
    at += marks + (isMultiline ? 3 : 1)
    return Literal(marks: marks, isMultiline: isMultiline)
  }

  /// Keeps what a literal spells, and the code in it.
  private mutating func read(_ literal: Literal) {
    code.append(UInt8(ascii: " "))
    var text: [UInt8] = []
    while at < source.count, !begins(literal.end) {
      let isEscaped = begins(literal.escape)
      if isEscaped { at += literal.escape.count }
      guard at < source.count else { break }
      if isEscaped, source[at] == UInt8(ascii: "(") {
        at += 1
        code.append(UInt8(ascii: " "))
        readCode(inInterpolation: true)
        code.append(UInt8(ascii: " "))
        text.append(UInt8(ascii: "?"))
      } else {
        keepLineFeed()
        let isLineFeed = isEscaped && source[at] == UInt8(ascii: "n")
        text.append(isLineFeed ? UInt8(ascii: "\n") : source[at])
        at += 1
      }
    }
    at += literal.end.count
    literals.append(String(decoding: text, as: UTF8.self))
  }

  private mutating func keepLineFeed() {
    if at < source.count, source[at] == UInt8(ascii: "\n") { code.append(source[at]) }
  }
}
