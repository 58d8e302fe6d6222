internal import Model

/// Rewrites a reply's records into the form that the tables declare, in one pass over its bytes.
///
/// The API sends nearly everything as text: ids with the prefix of their module, numbers, flags,
/// instants in the server's zone, lists in one string. What is not as declared is copied as it was
/// sent: the engine then stores NULL, keeps the value in `_extra` and says so. Control bytes that
/// JSON does not allow in strings are escaped: release 8.3 writes them as they are.
struct RecordRewriter {
  /// What came of a reply.
  struct Result: Sendable, Hashable {
    /// `{"result":[...]}` and the padding.
    var body: [UInt8] = []
    /// What `success` says, or nil where it is missing.
    var isSuccess: Bool?
    var hasResult = false
    /// Records that were sent, those that came twice too.
    var sent = 0
    /// Their ids, without repetitions.
    var ids: Set<Int64> = []
    /// The greatest instant of a change, as sent, and the greatest id of those that have it.
    var last: (stamp: String, id: Int64)?
    /// The greatest of those that are not later than was asked for, and whether one is.
    var newest: Int64?
    var isAhead = false
    /// The numbers of the references that make up its key, of the last record that has them all.
    var key: [Int64] = []
    /// Keys of records that no description names, up to some.
    var unknownKeys: [[UInt8]] = []
    /// Where each record stands in the body, and the number of its first reference that is part of
    /// a key, 0 where it has none.
    var places: [(range: Range<Int>, key: Int64)] = []

    static func == (left: Result, right: Result) -> Bool {
      left.body == right.body && left.isSuccess == right.isSuccess && left.ids == right.ids
        && left.sent == right.sent && left.last?.stamp == right.last?.stamp
        && left.last?.id == right.last?.id && left.key == right.key
    }

    func hash(into hasher: inout Hasher) { hasher.combine(body) }
  }

  let form: RecordForm
  let zone: ServerZone
  /// What the server's clock may show at the most.
  private let latest: Int64
  private let keepsPlaces: Bool
  var result = Result()
  var out: [UInt8] = []
  /// How far the body has been copied.
  var copied = 0
  /// For each field, the one that followed it last time.
  var successors: [[Int]]
  /// Where each record stands in `out`.
  private var places: [Int64: Range<Int>] = [:]
  /// The fields that each record must have, and those of them that the record at hand has.
  let required: [Int]
  var met: Set<Int> = []
  /// What the record at hand says.
  var id: Int64?
  var stamp = 0..<0
  /// Its references that are part of a key, by their places, and -1 for those that it lacks.
  var references: [Int64]
  private var lastStamp = 0..<0
  private var lastID: Int64 = -1

  /// `body` ends with the padding. Throws where it is no JSON object, or ends early.
  static func rewrite(
    _ body: borrowing [UInt8], _ form: RecordForm, zone: ServerZone, latest: Int64 = .max,
    keepsPlaces: Bool = false
  ) throws(DecodeError) -> Result {
    var rewriter = RecordRewriter(form, zone, latest, keepsPlaces)
    rewriter.out.reserveCapacity(body.count + body.count / 4 + 64)
    try rewriter.envelope(body.span.bytes)
    return rewriter.result
  }

  private init(_ form: RecordForm, _ zone: ServerZone, _ latest: Int64, _ keepsPlaces: Bool) {
    (self.form, self.zone, self.latest, self.keepsPlaces) = (form, zone, latest, keepsPlaces)
    required = form.key
    references = Array(repeating: -1, count: form.keyReferences)
    successors = ([form] + form.lines).map { $0.fields.indices.map { $0 + 1 } }
  }

  // MARK: Output

  @inline(__always) mutating func copy(_ span: RawSpan, _ range: Range<Int>) {
    span.extracting(range).withUnsafeBytes { out.append(contentsOf: $0) }
  }

  /// Copies what has not been copied yet, up to here.
  @inline(__always) mutating func flush(_ span: RawSpan, _ end: Int) {
    if end > copied { copy(span, copied..<end) }
    copied = end
  }

  @inline(__always) mutating func replace(
    _ span: RawSpan, _ range: Range<Int>, with text: StaticString
  ) {
    flush(span, range.lowerBound)
    append(text)
    copied = range.upperBound
  }

  @inline(__always) mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { out.append(contentsOf: $0) }
  }

  /// Copies the content of a string with its control bytes escaped.
  mutating func escape(_ span: RawSpan, _ range: Range<Int>) {
    for at in range {
      let byte = Bytes.byte(span, at)
      if byte < 0x20 { out += JSONWriter.escape(byte).utf8 } else { out.append(byte) }
    }
  }

  /// Puts a string whose quotes stand around `text` right, as far as it has to be.
  @inline(__always) mutating func mend(_ span: RawSpan, _ text: Bytes.Text) {
    guard text.hasControls else { return }
    flush(span, text.start)
    escape(span, text.range)
    copied = text.end
  }

  // MARK: Structure

  private mutating func envelope(_ span: RawSpan) throws(DecodeError) {
    var at = Bytes.word(span, 0) & 0xff_ffff == 0xbf_bbef ? 3 : 0
    try Bytes.expect(0x7b, span, &at)
    Bytes.skipSpace(span, &at)
    if Bytes.byte(span, at) == 0x7d {
      at += 1
    } else {
      repeat {
        try Bytes.expect(0x22, span, &at)
        let key = try Bytes.text(span, &at)
        try Bytes.expect(0x3a, span, &at)
        Bytes.skipSpace(span, &at)
        if Bytes.equal(span, key.range, "result") {
          // The key may come twice: the last one counts.
          out.removeAll(keepingCapacity: true)
          (places, lastStamp, result.sent, result.key) = ([:], 0..<0, 0, [])
          out += "{\"result\":".utf8
          copied = at
          try records(span, &at)
          flush(span, at)
          out += "}".utf8
          result.hasResult = true
        } else {
          let value = at
          let kept = (out, copied)
          try skip(span, &at)
          (out, copied) = kept
          if Bytes.equal(span, key.range, "success") {
            result.isSuccess = Bytes.equal(span, value..<at, "true")
          }
        }
      } while try Bytes.isNext(0x7d, span, &at)
    }
    Bytes.skipSpace(span, &at)
    guard at == Bytes.end(of: span) else { throw DecodeError(.trailing, at: at) }
    if !lastStamp.isEmpty { result.last = (Bytes.string(span, lastStamp), lastID) }
    result.ids = Set(places.keys)
    result.body = out + repeatElement(0, count: Bytes.padding)
  }

  mutating func records(_ span: RawSpan, _ at: inout Int) throws(DecodeError) {
    guard Bytes.byte(span, at) == 0x5b else {
      if Bytes.byte(span, at) == 0x7b { return try outermost(span, &at) }
      return try skip(span, &at)
    }
    at += 1
    Bytes.skipSpace(span, &at)
    if Bytes.byte(span, at) == 0x5d {
      at += 1
      return
    }
    repeat {
      Bytes.skipSpace(span, &at)
      if Bytes.byte(span, at) == 0x7b {
        try outermost(span, &at)
      } else {
        result.sent += 1
        try skip(span, &at)
      }
    } while try Bytes.isNext(0x5d, span, &at)
  }

  /// Reads one record of the list.
  private mutating func outermost(_ span: RawSpan, _ at: inout Int) throws(DecodeError) {
    flush(span, at)
    let start = out.count
    (id, stamp) = (nil, 0..<0)
    for index in references.indices { references[index] = -1 }
    met.removeAll(keepingCapacity: true)
    try record(span, &at, form, level: 0)
    if met.count < required.count { complete(span, at) }
    flush(span, at)
    result.sent += 1
    if keepsPlaces { result.places.append((start..<out.count, max(references.first ?? 0, 0))) }
    if !references.contains(-1) { result.key = references }
    guard let id else { return }
    // The server may send the rows of one record apart; the last one counts.
    if let former = places.updateValue(start..<out.count, forKey: id) { blank(former) }
    guard !stamp.isEmpty, let local = Self.localSeconds(span, stamp) else { return }
    if local > latest {
      result.isAhead = true
    } else {
      result.newest = max(result.newest ?? local, local)
    }
    let order = lastStamp.isEmpty ? 1 : Self.order(span, stamp, lastStamp)
    if order > 0 || order == 0 && id > lastID { (lastStamp, lastID) = (stamp, id) }
  }

  /// Adds what a record lacks of its key; `end` is behind its closing brace.
  mutating func complete(_ span: RawSpan, _ end: Int) {
    flush(span, end - 1)
    for index in required where !met.contains(index) {
      if out.last != 0x7b { out.append(0x2c) }
      out.append(0x22)
      out += form.fields[index].key
      out.append(0x3a)
      append(Self.none(form.fields[index].kind))
    }
  }

  /// What stands for no value.
  static func none(_ kind: RecordForm.Kind) -> StaticString {
    switch kind {
    case .keyText: "\"\""
    case .keyReference: "0"
    default: "null"
    }
  }

  /// Puts blanks in the place of a record and of the comma behind it.
  mutating func blank(_ range: Range<Int>) {
    for at in range { out[at] = 0x20 }
    var at = range.upperBound
    while at < out.count, out[at] != 0x2c { at += 1 }
    if at < out.count { out[at] = 0x20 }
  }

  mutating func record(
    _ span: RawSpan, _ at: inout Int, _ form: RecordForm, level: Int
  ) throws(DecodeError) {
    at += 1
    Bytes.skipSpace(span, &at)
    if Bytes.byte(span, at) == 0x7d {
      at += 1
      return
    }
    var (guess, last) = (0, -1)
    repeat {
      try Bytes.expect(0x22, span, &at)
      let start = at
      var found = guess
      if form.isAhead(guess, span, at) {
        at &+= form.fields[guess].key.count
      } else {
        let key = try Bytes.text(span, &at)
        found = form.index(span, key.range)
        mend(span, key)
        if found < 0, level == 0 { noteUnknown(span, key.range) }
        if found >= 0, last >= 0 { successors[level][last] = found }
      }
      try Bytes.expect(0x3a, span, &at)
      Bytes.skipSpace(span, &at)
      guard found >= 0 else {
        try unknown(span, &at)
        continue
      }
      (last, guess) = (found, successors[level][found])
      try value(span, &at, form, found, key: start, level: level)
    } while try Bytes.isNext(0x7d, span, &at)
  }
}
