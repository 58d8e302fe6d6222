/// What the records of a module hold, as the one who rewrites them wants it: flat arrays of plain
/// values.
struct RecordForm: Sendable {
  enum Kind: UInt8, Sendable {
    case text, integer, real, boolean, instant, list
    /// `12x34`: the number behind the `x`.
    case id
    /// The same, of a record of another module.
    case reference
    /// A text or a reference that is part of a key. It is never null: where there is none, it is
    /// empty, or 0.
    case keyText, keyReference
    /// A secret, or what is told elsewhere: it becomes null.
    case dropped
    /// The lines of a document, each an object of the form `lines`.
    case lines
  }

  struct Field: Sendable {
    /// The first eight bytes of the key with the closing quote, and which bits of a word they are.
    let word: UInt64
    let mask: UInt64
    /// The key and the closing quote.
    let key: [UInt8]
    let kind: Kind
    /// What stands before the name of the module that a reference leads to: `,"x:module":`. Empty
    /// where there is but one.
    let moduleKey: [UInt8]
    /// The prefix of that one module's ids, or -1 where it is not known.
    let prefix: Int64
    /// Whether it tells when the record has changed.
    let isStamp: Bool
    /// Its place in the key by which a list without ids is read, or -1.
    let place: Int
  }

  private(set) var fields: [Field] = []
  /// The fields that each record must have: those of the key of a module without ids.
  var key: [Int] {
    fields.indices.filter { fields[$0].kind == .keyText || fields[$0].kind == .keyReference }
  }
  /// How many references make up the key by which a list without ids is read.
  var keyReferences: Int { (fields.map(\.place).max() ?? -1) + 1 }
  private var indices: [[UInt8]: Int] = [:]
  /// The name of each module by the prefix of its ids, as JSON.
  let modules: [Int64: [UInt8]]
  let lines: [RecordForm]

  init(modules: [Int64: String], lines: RecordForm? = nil) {
    self.modules = modules.mapValues { Array(JSONWriter.text($0).utf8) }
    self.lines = lines.map { [$0] } ?? []
    if lines != nil { add("LineItems", .lines) }
    for name in VtigerCatalogue.secretNames { add(name, .dropped) }
  }

  mutating func add(
    _ name: String, _ kind: Kind, namesModule: Bool = false, prefix: Int64 = -1,
    isStamp: Bool = false, place: Int = -1
  ) {
    let key = Array(name.utf8)
    let ahead = key + [0x22]
    let field = Field(
      word: ahead.prefix(8).enumerated().reduce(0) {
        $0 | UInt64($1.element) << UInt64($1.offset * 8)
      },
      mask: ahead.count < 8 ? 1 << UInt64(ahead.count * 8) - 1 : .max, key: ahead, kind: kind,
      moduleKey: namesModule ? Array(",\(JSONWriter.text(Self.moduleKey(of: name))):".utf8) : [],
      prefix: prefix, isStamp: isStamp, place: place)
    if let index = indices[key] {
      fields[index] = field
    } else {
      indices[key] = fields.count
      fields.append(field)
    }
  }

  /// The member that says to which module a reference leads. No field of Vtiger's has a colon.
  static func moduleKey(of name: String) -> String { "\(name):module" }
  /// The member that says whose line it is.
  static let parentKey = "parent_id"
  /// What a document that comes alone says of all its lines together.
  static let sumsKey = "LineItems_FinalDetails"
  /// The member that holds the lines of a document.
  static let linesKey = "line_items"

  /// Whether the key of a field, and the closing quote, stand at `at`.
  @inline(__always)
  func isAhead(_ index: Int, _ span: RawSpan, _ at: Int) -> Bool {
    guard index < fields.count else { return false }
    let word = Bytes.word(span, at)
    guard word & fields[index].mask == fields[index].word else { return false }
    return fields[index].key.count <= 8 || isTail(fields[index].key, span, at)
  }

  @inline(__always)
  private func isTail(_ key: [UInt8], _ span: RawSpan, _ at: Int) -> Bool {
    var offset = 8
    while offset < key.count {
      guard Bytes.byte(span, at &+ offset) == key[offset] else { return false }
      offset &+= 1
    }
    return true
  }

  /// The field whose key stands in the range, or -1.
  func index(_ span: RawSpan, _ range: Range<Int>) -> Int {
    let key = span.extracting(range).withUnsafeBytes { Array($0) }
    if let index = indices[key] { return index }
    // A secret is one in any spelling.
    let lower = key.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    guard let index = indices[lower], fields[index].kind == .dropped else { return -1 }
    return index
  }
}
