internal import Model

/// What becomes of one value.
extension RecordRewriter {
  /// A member that no field describes: an empty text is no value here either.
  mutating func unknown(_ span: RawSpan, _ at: inout Int) throws(DecodeError) {
    if Bytes.word(span, at) & 0xffff == 0x2222 {
      replace(span, at..<(at + 2), with: "null")
      at += 2
    } else {
      try skip(span, &at)
    }
  }

  /// Remembers a key that no field has.
  mutating func noteUnknown(_ span: RawSpan, _ key: Range<Int>) {
    span.extracting(key).withUnsafeBytes { bytes in
      guard result.unknownKeys.count < 50,
        !result.unknownKeys.contains(where: { $0.elementsEqual(bytes) })
      else { return }
      result.unknownKeys.append(Array(bytes))
    }
  }

  /// Passes over any value, and escapes the control bytes in its strings.
  mutating func skip(_ span: RawSpan, _ at: inout Int) throws(DecodeError) {
    var depth = 0
    repeat {
      Bytes.skipSpace(span, &at)
      switch Bytes.byte(span, at) {
      case 0x22:
        at += 1
        mend(span, try Bytes.text(span, &at))
      case 0x7b, 0x5b:
        depth += 1
        at += 1
      case 0x7d, 0x5d:
        guard depth > 0 else { throw Bytes.unexpected(span, at) }
        depth -= 1
        at += 1
      case 0x2c, 0x3a:
        guard depth > 0 else { throw Bytes.unexpected(span, at) }
        at += 1
      default: _ = try Bytes.bare(span, &at)
      }
    } while depth > 0
  }

  @inline(__always)
  mutating func value(
    _ span: RawSpan, _ at: inout Int, _ form: RecordForm, _ index: Int, key: Int, level: Int
  ) throws(DecodeError) {
    let kind = form.fields[index].kind
    let start = at
    if !required.isEmpty, level == 0, required.contains(index) { met.insert(index) }
    guard Bytes.byte(span, at) == 0x22 else {
      return try other(span, &at, form, index, key: key, level: level)
    }
    at &+= 1
    let text = try Bytes.text(span, &at)
    if text.isEmpty { return replace(span, start..<at, with: Self.none(kind)) }
    if kind == .text || kind == .keyText { return mend(span, text) }
    try typed(span, text, form.fields[index])
  }

  /// A text that says something else than a text.
  mutating func typed(
    _ span: RawSpan, _ text: Bytes.Text, _ field: RecordForm.Field
  ) throws(DecodeError) {
    let quoted = (text.start - 1)..<(text.end + 1)
    if field.kind == .dropped { return replace(span, quoted, with: "null") }
    if field.kind == .list { return list(span, text) }
    guard text.isPlain else { return mend(span, text) }
    switch field.kind {
    case .id:
      guard let (_, number) = Self.reference(span, text.range) else { return }
      id = Self.number(span, number)
      take(span, quoted, number)
    case .reference, .keyReference: reference(span, text, field)
    case .integer:
      if let number = Self.integer(span, text.range) { take(span, quoted, number) }
    case .real:
      if let number = Self.real(span, text.range) { take(span, quoted, number) }
    case .boolean:
      if let flag = Self.flag(span, text.range) {
        flag
          ? replace(span, quoted, with: "true")
          : replace(span, quoted, with: "false")
      }
    case .instant:
      if field.isStamp { stamp = text.range }
      instant(span, text)
    case .text, .keyText, .list, .dropped, .lines: break
    }
  }

  /// Puts bytes of the body in the place of a string.
  @inline(__always)
  private mutating func take(_ span: RawSpan, _ quoted: Range<Int>, _ bytes: Range<Int>) {
    flush(span, quoted.lowerBound)
    copy(span, bytes)
    copied = quoted.upperBound
  }

  private mutating func reference(
    _ span: RawSpan, _ text: Bytes.Text, _ field: RecordForm.Field
  ) {
    guard let (prefix, number) = Self.reference(span, text.range) else { return }
    let module = Self.number(span, prefix)
    // The number of another module's record would name a wrong one here.
    guard field.prefix < 0 || field.prefix == module else { return }
    take(span, (text.start - 1)..<(text.end + 1), number)
    if field.place >= 0 { references[field.place] = Self.number(span, number) }
    guard !field.moduleKey.isEmpty else { return }
    out += field.moduleKey
    if let name = form.modules[module] { out += name } else { out += "null".utf8 }
  }

  private mutating func instant(_ span: RawSpan, _ text: Bytes.Text) {
    guard let local = Self.localSeconds(span, text.range) else { return }
    if zone.isUTC {
      flush(span, text.start + 10)
      out.append(0x54)
      copied = text.start + 11
      flush(span, text.end)
      out.append(0x5a)
    } else {
      flush(span, text.start)
      out += zone.instant(ofLocal: local).iso8601.utf8
      copied = text.end
    }
  }

  /// Several values in one text, with blank, bar, two hashes, bar and blank between them.
  private mutating func list(_ span: RawSpan, _ text: Bytes.Text) {
    flush(span, text.start - 1)
    out += "[\"".utf8
    var start = text.start
    for at in text.range
    where Bytes.byte(span, at) == 0x7c && at - 1 >= start && at + 5 <= text.end {
      guard Bytes.word(span, at - 1) & 0xffff_ffff_ffff == 0x207c_2323_7c20 else { continue }
      escape(span, start..<(at - 1))
      out += "\",\"".utf8
      start = at + 5
    }
    escape(span, start..<text.end)
    out += "\"]".utf8
    copied = text.end + 1
  }

  /// What is no string. Releases of the server differ in what they quote.
  private mutating func other(
    _ span: RawSpan, _ at: inout Int, _ form: RecordForm, _ index: Int, key: Int, level: Int
  ) throws(DecodeError) {
    let kind = form.fields[index].kind
    let start = at
    switch Bytes.byte(span, at) {
    case 0x5b where kind == .lines && level == 0: return try lines(span, &at, key: key)
    case 0x7b, 0x5b:
      // What is inside is dropped with it.
      let kept = (out, copied)
      try skip(span, &at)
      guard kind == .dropped else { return }
      (out, copied) = kept
      return replace(span, start..<at, with: "null")
    default: break
    }
    let bare = try Bytes.bare(span, &at)
    let isNull = Bytes.byte(span, start) == 0x6e
    switch kind {
    case .dropped: replace(span, bare, with: "null")
    case .keyText where isNull, .keyReference where isNull:
      replace(span, bare, with: Self.none(kind))
    case _ where isNull: break
    case .text, .keyText, .list, .reference, .keyReference, .lines, .instant:
      // A bare number is no reference, and the column would take it for one.
      flush(span, bare.lowerBound)
      out += (kind == .list ? "[\"" : "\"").utf8
      copy(span, bare)
      out += (kind == .list ? "\"]" : "\"").utf8
      copied = bare.upperBound
    case .boolean:
      if let flag = Self.flag(span, bare) {
        flag
          ? replace(span, bare, with: "true")
          : replace(span, bare, with: "false")
      }
    case .id:
      if let number = Self.integer(span, bare), number.count <= Self.mostDigits {
        id = Self.number(span, number)
      }
    case .integer, .real: break
    }
  }

  /// The lines of a document, under the key by which its table has them.
  mutating func lines(
    _ span: RawSpan, _ at: inout Int, key: Int
  ) throws(DecodeError) {
    flush(span, key)
    out += RecordForm.linesKey.utf8
    copied = key + "LineItems".utf8.count
    at += 1
    Bytes.skipSpace(span, &at)
    if Bytes.byte(span, at) == 0x5d {
      at += 1
      return
    }
    let document = (id, stamp)
    repeat {
      Bytes.skipSpace(span, &at)
      if Bytes.byte(span, at) == 0x7b, let form = form.lines.first {
        try record(span, &at, form, level: 1)
      } else {
        try skip(span, &at)
      }
    } while try Bytes.isNext(0x5d, span, &at)
    (id, stamp) = document
  }
}
