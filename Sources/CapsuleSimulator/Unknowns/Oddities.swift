import Simulation

extension Switches {
  /// Turns some oddities on, of which a copy can still become equal: one in six of each.
  ///
  /// They have a generator of their own, so that what else is drawn with a seed stays as it is.
  package mutating func addOddities(using generator: inout some RandomNumberGenerator) {
    countsEntries = generator.chance(50)
    behindEnd = generator.pick(BehindEnd.allCases)
    // Where headers do not tell, the end of a list out of which records are taken, or of which less
    // is counted, cannot be found.
    if generator.chance(17) { cutsBeforeHiding = pagingHeaders != .neither }
    if generator.chance(17) { miscount = generator.int((pagingHeaders == .neither ? 0 : -2)...2) }
    if generator.chance(17) { countWavers = true }
    if generator.chance(17) { repeatsBorders = true }
    if generator.chance(17) {
      let reach = Int64(generator.int(1...40)) * 86_400
      // Without a date a host whose clock is wrong cannot keep to it.
      if sendsDate { sinceReach = reach }
    }
    if generator.chance(17) { dateForm = generator.pick(DateForm.allCases) }
    if generator.chance(17) { linkForm = generator.pick(LinkForm.allCases) }
    if generator.chance(17) { sendsPreload = true }
    if generator.chance(17) { byteOrderMark = true }
    if generator.chance(17) { idsAsTexts = true }
  }
}

/// What a good reply looks like when somebody on the way, or a careless writer, had a hand in it.
struct Oddities {
  let switches: Switches

  var areNeeded: Bool {
    switches.byteOrderMark || switches.idsAsTexts || switches.spoilt != nil
  }

  /// The body as it is sent.
  func apply(_ body: [UInt8]) -> [UInt8] {
    var body = body
    if let spoilt = switches.spoilt { body = spoil(body, spoilt) }
    if switches.idsAsTexts { body = quoteIDs(body) }
    return switches.byteOrderMark ? [0xef, 0xbb, 0xbf] + body : body
  }

  /// Whether a record is one of those that are spoilt.
  static func hits(_ id: Int64) -> Bool { id % 7 == 3 }

  private static let mark = "spoilt here"

  private func spoil(_ body: [UInt8], _ spoilt: Switches.Spoilt) -> [UInt8] {
    guard case .object(var members) = JSON(body) else { return body }
    for index in members.indices {
      guard case .array(let records) = members[index].value else { continue }
      members[index].value = .array(records.map(marked))
    }
    let text = String(decoding: JSON.object(members).bytes, as: UTF8.self)
    var bytes: [UInt8] = []
    for (index, part) in text.split(separator: "\"\(Self.mark)\"", omittingEmptySubsequences: false)
      .enumerated()
    {
      if index > 0 { bytes += Self.bytes(of: spoilt) }
      bytes += part.utf8
    }
    return bytes
  }

  private func marked(_ record: JSON) -> JSON {
    guard case .object(var members) = record, let id = record["id"]?.integer, Self.hits(id) else {
      return record
    }
    members.append(.init("remark", .string(Self.mark)))
    return .object(members)
  }

  private static func bytes(of spoilt: Switches.Spoilt) -> [UInt8] {
    switch spoilt {
    case .control, .notANumber, .infinite: Array(spoilt.rawValue.utf8)
    // A half of a pair in three bytes: no UTF-8.
    case .surrogate: [0x22, 0x61, 0xed, 0xa0, 0x80, 0x62, 0x22]
    case .deep: Array((String(repeating: "[", count: 70) + String(repeating: "]", count: 70)).utf8)
    }
  }

  /// `"id":7` becomes `"id":"7"`.
  private func quoteIDs(_ body: [UInt8]) -> [UInt8] {
    let key = Array("\"id\":".utf8)
    var result: [UInt8] = []
    var at = 0
    while at < body.count {
      guard body[at] == key[0], body[at...].starts(with: key) else {
        result.append(body[at])
        at += 1
        continue
      }
      at += key.count
      let digits = body[at...].prefix { (0x30...0x39).contains($0) }
      at += digits.count
      result += digits.isEmpty ? key : key + [0x22] + digits + [0x22]
    }
    return result
  }
}
