import TestSupport

/// Pages from a seed, for the table of `Table.everything`.
///
/// Two texts of each: as sent, and with all but the last of its repeated keys left out.
struct DecoderPages {
  private var random: SeededGenerator

  init(seed: Int) { random = SeededGenerator(seed: UInt64(seed)) }

  /// A piece of JSON, and the same without repeated keys.
  private struct Piece {
    var sent: String
    var plain: String
    init(_ text: String) { (sent, plain) = (text, text) }
    init(_ sent: String, _ plain: String) { (self.sent, self.plain) = (sent, plain) }
  }

  mutating func page() -> (sent: String, plain: String) {
    let records = (0..<Int.random(in: 0...3, using: &random)).map { _ in record() }
    var members = [member("things", list(records))]
    if chance(3) { members.append(member("meta", Piece("{\"totalCount\":\(records.count)}"))) }
    if chance(3) { members.append(member("links", any(2))) }
    let page = object(members.shuffled(using: &random))
    return (page.sent, page.plain)
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
  private mutating func pick(_ texts: [String]) -> String {
    texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  private static let keys: [(String, @Sendable (inout DecoderPages) -> Piece)] = [
    ("rank", { $0.number() }), ("size", { $0.number() }), ("rating", { $0.number() }),
    ("name", { $0.string() }), ("enrichment", { $0.any(2) }), ("updatedAtPlace", { $0.string() }),
    ("isOpen", { Piece($0.pick(["true", "false"])) }), ("closedOn", { $0.date() }),
    ("updatedAt", { $0.instant() }), ("owner", { $0.reference() }),
    ("country", { Piece($0.pick(["{\"id\":\"GB\"}", "\"FR\"", "44"])) }),
    ("definition", { $0.reference() }), ("secret", { $0.any(2) }), ("noise", { $0.any(2) }),
    ("value", { $0.flattened([("amount", { $0.number() }), ("currency", { $0.string() })]) }),
    ("repeat", { $0.flattened([("task", { $0.reference() }), ("hidden", { $0.number() })]) }),
    ("tags", { $0.children { $0.reference() } }), ("options", { $0.children { $0.any(1) } }),
    ("unwanted", { $0.children { $0.string() } }),
    (
      "emails",
      {
        $0.children {
          $0.row([
            ("address", { $0.string() }), ("seenAt", { $0.instant() }),
            ("geo", { $0.flattened([("lat", { $0.number() })]) }),
          ])
        }
      }
    ),
    (
      "fields",
      { $0.children { $0.row([("definition", { $0.reference() }), ("value", { $0.any(2) })]) } }
    ),
  ]

  private static let otherKeys = ["isOpen": "open", "definition": "trackDefinition"]

  private mutating func record() -> Piece {
    var members = [member("id", Piece("\(Int.random(in: 1...99, using: &random))"))]
    for (key, value) in Self.keys where chance(2) {
      let last = some(value)
      let key = Self.otherKeys[key].flatMap { chance(2) ? $0 : nil } ?? key
      // Lists are replaced whole by a later one of the same key.
      if key == "tags" || key == "emails", last.sent.hasPrefix("["), chance(3) {
        let first = value(&self)
        members.append(
          Piece(
            "\(spelt(key)):\(first.sent),\(spelt(key)):\(last.sent)", "\"\(key)\":\(last.plain)"))
      } else {
        members.append(member(key, last))
      }
    }
    for index in 0..<3 where chance(3) { members.append(member("unknown\(index)", any(3))) }
    return object(members.shuffled(using: &random))
  }

  /// The value, or now and then a null or something else.
  private mutating func some(_ value: (inout DecoderPages) -> Piece) -> Piece {
    if chance(8) { return Piece("null") }
    return chance(8) ? any(2) : value(&self)
  }

  private mutating func row(_ members: [(String, (inout DecoderPages) -> Piece)]) -> Piece {
    if chance(12) { return any(1) }
    var list = [member("id", chance(10) ? any(1) : Piece(pick(["1", "2", "3", "77", "5.0"])))]
    for (key, value) in members where chance(2) { list.append(member(key, some(value))) }
    if chance(4) { list.append(member("unknown", any(2))) }
    return object(list.shuffled(using: &random))
  }

  private mutating func flattened(_ members: [(String, (inout DecoderPages) -> Piece)]) -> Piece {
    var list: [Piece] = []
    for (key, value) in members where chance(2) { list.append(member(key, some(value))) }
    if chance(3) { list.append(member("unknown", any(2))) }
    return object(list)
  }

  private mutating func children(_ element: (inout DecoderPages) -> Piece) -> Piece {
    list((0..<Int.random(in: 0...4, using: &random)).map { _ in element(&self) })
  }

  private mutating func reference() -> Piece {
    let id = pick(["1", "2", "9007199254740993", "\"x\"", "null", "3"])
    let name = string()
    return Piece(
      pick(["{\"id\":\(id)}", "{\"name\":\(name.sent),\"id\":\(id)}", id, "{}", "{\"x\":[]}"]))
  }

  private mutating func any(_ depth: Int) -> Piece {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return number()
    case 1, 2: return string()
    case 3: return Piece(pick(["true", "false", "null"]))
    case 4: return Piece(pick(["[]", "{}", "[ ]", "{ }"]))
    case 5: return list((0..<2).map { _ in any(depth - 1) })
    default: return object((0..<2).map { member("m\($0)", any(depth - 1)) })
    }
  }

  private mutating func number() -> Piece {
    let integer = Int64.random(in: .min ... .max, using: &random)
    return Piece(
      pick([
        "0", "-0", "1", "\(integer)", "\(integer >> 40)", "9223372036854775807", "1E2",
        "-9223372036854775808", "9223372036854775808", "12.0", "-0.0", "0.1", "100.50", "1e3",
        "1e22", "1e-5", "12.5e+1", "\(integer >> 44).25", "12345678901234567.89",
      ]))
  }

  private mutating func string() -> Piece {
    let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      pick([
        "a", "Ann Smith", "é", "😀", "\\ud83d\\ude00", "\\n", "\\\"", "\\\\", "\\/", "\\u0000",
        "\\u00e9", "{[,:]}", "日本", "eight by", "12", "\\t", "\u{7f}", "\u{2028}",
      ])
    }
    return Piece("\"\(parts.joined())\"")
  }

  private mutating func date() -> Piece {
    Piece(pick(["\"2026-03-01\"", "\"2026-02-30\"", "\"2024-02-29\"", "\"2026-03-01T08:00:00Z\""]))
  }

  private mutating func instant() -> Piece {
    Piece(pick(["\"2026-03-01T08:00:00Z\"", "\"2026-02-30T08:00:00Z\"", "\"soon\"", "\"\""]))
  }

  /// A key, now and then with an escape in it.
  private mutating func spelt(_ key: String) -> String {
    guard chance(12), let first = key.utf8.first else { return "\"\(key)\"" }
    return "\"\\u00\(String(first, radix: 16))\(key.dropFirst())\""
  }

  private mutating func member(_ key: String, _ value: Piece) -> Piece {
    Piece("\(spelt(key))\(space()):\(space())\(value.sent)", "\"\(key)\":\(value.plain)")
  }

  private mutating func space() -> String { chance(10) ? pick([" ", "\n", "\t", "\r\n  "]) : "" }

  private mutating func object(_ members: [Piece]) -> Piece { wrap("{", members, "}") }
  private mutating func list(_ elements: [Piece]) -> Piece { wrap("[", elements, "]") }
  private mutating func wrap(_ open: String, _ parts: [Piece], _ close: String) -> Piece {
    let (before, between) = (space(), space())
    return Piece(
      open + before + parts.map(\.sent).joined(separator: "," + between) + close,
      open + parts.map(\.plain).joined(separator: ",") + close)
  }
}
