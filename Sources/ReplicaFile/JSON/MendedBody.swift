internal import Model

/// A reply that JSON does not allow, with the least replaced that makes it a page.
///
/// One record that a source spells wrongly must not keep the others of its page, and the pages
/// behind it, from being stored for ever. What is put in the place of the bad bytes is never taken
/// for a value: the records in which something was replaced are known by its places, and are kept
/// aside. Only values are looked at. A body that ends early, or whose braces do not fit, is not
/// mended: nobody knows what it would have said, and the next answer may.
struct MendedBody {
  /// With the padding that a scanner needs.
  private(set) var bytes: [UInt8] = []
  /// Where something was replaced, in `bytes`, and what was wrong.
  private(set) var places: [(at: Int, reason: DecodeError.Reason)] = []

  /// Brackets around a value that is still read.
  private static let depthLimit = JSONScanner.depthLimit - 2

  /// `body` ends with the padding.
  init(_ body: [UInt8]) {
    bytes.reserveCapacity(body.count)
    let span = body.span.bytes
    let end = span.byteCount - JSONScanner.padding
    var (at, depth) = (0, 0)
    while at < end {
      let byte = JSONScanner.byte(span, at)
      switch byte {
      case 0x22: text(span, &at, end)
      case 0x7b, 0x5b:
        if depth == Self.depthLimit {
          replace(with: "null", .tooDeep)
          Self.skip(span, &at, end)
        } else {
          depth += 1
          copy(span, &at)
        }
      case 0x7d, 0x5d:
        depth -= 1
        copy(span, &at)
      case 0x2b, 0x2d, 0x2e, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: word(span, &at, end)
      default: copy(span, &at)
      }
    }
    bytes += repeatElement(0, count: JSONScanner.padding)
  }

  /// What was wrong first within a range of `bytes`; nil when nothing was.
  func damage(in range: Range<Int>) -> DecodeError.Reason? {
    places.first { range.contains($0.at) }?.reason
  }

  private mutating func copy(_ span: RawSpan, _ at: inout Int) {
    bytes.append(JSONScanner.byte(span, at))
    at += 1
  }

  private mutating func replace(with text: String, _ reason: DecodeError.Reason) {
    places.append((bytes.count, reason))
    bytes += text.utf8
  }

  /// A string: control bytes, and bytes that are no UTF-8, become U+FFFD.
  private mutating func text(_ span: RawSpan, _ at: inout Int, _ end: Int) {
    copy(span, &at)
    while at < end {
      let byte = JSONScanner.byte(span, at)
      switch byte {
      case 0x22: return copy(span, &at)
      case 0x5c where at + 1 < end && JSONScanner.byte(span, at + 1) >= 0x20:
        copy(span, &at)
        if JSONScanner.byte(span, at) < 0x80 { copy(span, &at) }
      case 0x20..<0x80: copy(span, &at)
      default:
        let length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
        if byte >= 0x80, at + length <= end, JSONScanner.isUTF8(span, at, at + length) {
          for _ in 0..<length { copy(span, &at) }
        } else {
          replace(with: "\u{fffd}", .badString)
          at += 1
        }
      }
    }
  }

  /// A number, or a word such as `true`: `NaN`, `Infinity` and numbers that JSON does not allow
  /// become null.
  private mutating func word(_ span: RawSpan, _ at: inout Int, _ end: Int) {
    let start = at
    while at < end, Self.isInWord(JSONScanner.byte(span, at)) { at += 1 }
    let first = JSONScanner.byte(span, start)
    var number = start
    let isNumber = (try? JSONScanner.number(span, &number)) != nil && number == at
    let letters = (start..<at).map { JSONScanner.byte(span, $0) | 0x20 }
    let text = String(decoding: letters, as: UTF8.self)
    let name = text.drop { $0 == "-" || $0 == "+" }
    if !isNumber, first < 0x40 || ["nan", "inf", "infinity"].contains(name) {
      return replace(with: "null", .badNumber)
    }
    for place in start..<at { bytes.append(JSONScanner.byte(span, place)) }
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2b, 0x2d, 0x2e, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
  }

  /// Passes over an object or an array.
  private static func skip(_ span: RawSpan, _ at: inout Int, _ end: Int) {
    var (depth, isText) = (0, false)
    repeat {
      switch JSONScanner.byte(span, at) {
      case 0x22: isText.toggle()
      case 0x5c where isText: at += 1
      case 0x7b, 0x5b: if !isText { depth += 1 }
      case 0x7d, 0x5d: if !isText { depth -= 1 }
      default: break
      }
      at += 1
    } while depth > 0 && at < end
  }
}
