internal import Model

/// The questions to the lists of modules, in Vtiger's query language (VTQL).
///
/// It has neither brackets nor joins: AND binds before OR, the fields of an order ascend but for
/// the last one, and 100 rows come at the most, whatever is asked for.
struct VTQL {
  let module: VtigerCatalogue.Module
  let columns: String
  /// The references that make up the key of a module without ids, each with the prefix of what it
  /// leads to.
  let key: [(name: String, prefix: String)]

  init(_ module: VtigerCatalogue.Module, in catalogue: VtigerCatalogue) {
    self.module = module
    columns = Self.columns(of: module, in: catalogue)
    key =
      module.hasID
      ? []
      : module.fields.filter { $0.isReference && !$0.isGone }.map { field in
        (field.name, field.refersTo.first.flatMap { catalogue[$0]?.idPrefix } ?? "0")
      }
  }

  /// The columns of documents by name: with all of them a row would come for each line. Names that
  /// the language cannot say, and discounts that are those of lines under another name, are left
  /// out.
  private static func columns(
    of module: VtigerCatalogue.Module, in catalogue: VtigerCatalogue
  ) -> String {
    guard catalogue.documents.contains(module.name) || module.isDocument else { return "*" }
    let left = unasked(of: module, in: catalogue)
    let names = module.fields.filter { !$0.isGone && !$0.isSecret }.map(\.name)
      .filter { !left.contains($0) && $0 != "id" }
    return (["id"] + names).joined(separator: ",")
  }

  /// The fields of a document that its list is not asked for.
  static func unasked(
    of module: VtigerCatalogue.Module, in catalogue: VtigerCatalogue
  ) -> Set<String> {
    let lines = catalogue[VtigerCatalogue.lineItem]?.fields.map(\.name) ?? []
    return Set(lines).subtracting(["id", "description"]).union(module.lineFields)
      .union(module.fields.map(\.name).filter { !isWord($0) })
  }

  static func isWord(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f: true
        default: false
        }
      }
  }

  private func id(_ number: Int64) -> String { "\(module.idPrefix)x\(number)" }

  private func select(_ columns: String, _ rest: String) -> String {
    "SELECT \(columns) FROM \(module.name)\(rest.isEmpty ? "" : " " + rest);"
  }

  /// Records by their ids. Where the server folds rows, they may be too many for one answer: which
  /// of them there are is asked for first.
  func records(_ ids: [Int64]) -> String {
    let list = ids.map(id).joined(separator: ",")
    return select(
      module.isFiltered ? "id" : columns, "WHERE id IN (\(list)) LIMIT \(Walk.width)")
  }

  /// How many records there are, in all or in a range of ids.
  func count(in keys: KeyRange?) -> String {
    var terms: [String] = []
    if let keys, keys.behind > 0 { terms.append("id > '\(id(keys.behind))'") }
    if let keys, keys.upTo < .max { terms.append("id <= '\(id(keys.upTo))'") }
    return select("COUNT(*)", terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND "))
  }

  /// The record with the greatest id.
  static func greatestID(of module: VtigerCatalogue.Module) -> String {
    "SELECT id FROM \(module.name) ORDER BY id DESC LIMIT 1;"
  }

  /// The ids of all records, page by page.
  func census(behind last: Int64) -> String {
    select("id", "WHERE id > '\(id(last))' ORDER BY id LIMIT \(Walk.width)")
  }

  /// A page. `since` is what the server stamps on what has changed since, at the earliest.
  func page(_ walk: Walk, size: Int64, since: String?) -> String {
    let limit = "LIMIT \(min(size, Walk.width))"
    let change = module.changeField?.name
    switch walk {
    case .behind(let last):
      if let since, let change {
        return select(columns, "WHERE \(change) >= '\(since)' ORDER BY \(change), id \(limit)")
      }
      guard module.hasID else { return keyed([], skipping: 0, size) }
      return select(columns, "WHERE id > '\(id(last))' ORDER BY id \(limit)")
    case .behindChange(let stamp, let last):
      let change = change ?? "modifiedtime"
      return select(
        columns,
        "WHERE \(change) > '\(stamp)' OR \(change) = '\(stamp)' AND id > '\(id(last))' "
          + "ORDER BY \(change), id \(limit)")
    case .behindKey(let numbers, let skipped): return keyed(numbers, skipping: skipped, size)
    case .window(let start, let since):
      // Of the records' ids alone: with more, one record may fill the rows that come.
      let window = "id > '\(id(start))' AND id <= '\(id(Walk.end(ofWindow: start)))'"
      let empty = since < start ? " AND id > '\(id(since))'" : ""
      return select("id", "WHERE \(window)\(empty) ORDER BY id LIMIT \(Walk.width)")
    case .records(let ids), .known(let ids), .told(let ids, _):
      let list = ids.prefix(Int(Walk.width)).map(id).joined(separator: ",")
      return select(columns, "WHERE id IN (\(list)) ORDER BY id LIMIT \(Walk.width)")
    case .lines, .linesBeside, .lineCount, .anyLine, .documents:
      preconditionFailure("lines are no page of their documents")
    case .feed: preconditionFailure("a feed is no list")
    }
  }

  /// A page of a module without ids, by its references.
  private func keyed(_ numbers: [Int64], skipping skipped: Int, _ size: Int64) -> String {
    let limit = "LIMIT " + (skipped > 0 ? "\(skipped)," : "") + "\(min(size, Walk.width))"
    let order = key.isEmpty ? "" : "ORDER BY \(key.map(\.name).joined(separator: ", ")) "
    guard !numbers.isEmpty, numbers.count == key.count else { return select("*", order + limit) }
    // Behind the first, or at it and behind the second, and so on.
    let values = zip(key, numbers).map { (name: $0.name, value: "'\($0.prefix)x\($1)'") }
    let terms = values.indices.map { last in
      (values[..<last].map { "\($0.name) = \($0.value)" }
        + ["\(values[last].name) > \(values[last].value)"]).joined(separator: " AND ")
    }
    return select("*", "WHERE \(terms.joined(separator: " OR ")) \(order)\(limit)")
  }

  /// The lines of documents, those of one behind those of another.
  static func lines(
    of documents: [Int64], _ module: VtigerCatalogue.Module, beside other: Walk.LineOwner? = nil
  ) -> String {
    "SELECT * \(of(documents, module, other)) ORDER BY parent_id, id LIMIT \(Walk.width);"
  }

  /// How many lines documents have. Where the question could not be run, no number comes.
  static func lineCount(of documents: [Int64], _ module: VtigerCatalogue.Module) -> String {
    "SELECT COUNT(*) \(of(documents, module));"
  }

  /// Lines of any documents, in the order of those of some.
  static let anyLine =
    "SELECT * FROM \(VtigerCatalogue.lineItem) ORDER BY parent_id, id LIMIT \(Walk.width);"

  private static func of(
    _ documents: [Int64], _ module: VtigerCatalogue.Module, _ other: Walk.LineOwner? = nil
  ) -> String {
    let others = other.map { ["\($0.prefix)x\($0.id)"] } ?? []
    let list = (documents.map { "\(module.idPrefix)x\($0)" } + others).joined(separator: ",")
    return "FROM \(VtigerCatalogue.lineItem) WHERE parent_id IN (\(list))"
  }
}

/// What a query asks, as far as that tells where its list goes on: read from its text.
struct AskedQuery: Hashable {
  enum Kind: Hashable {
    case byID, byChange
    /// Behind references, or from the beginning, and so many rows further.
    case byKey([Int64], skipping: Int)
    case records
    /// Which of some records there are.
    case existing
    case window(start: Int64, emptySince: Int64)
    /// The records that a window has shown.
    case shown([Int64])
  }

  let module: String
  let kind: Kind
  /// Whether more than ids is asked for.
  let isWhole: Bool
  /// Rows that come at the most.
  let limit: Int

  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count > 4, words[0] == "SELECT", words[2] == "FROM", text.hasSuffix(";") else {
      return nil
    }
    module = String(words[3].prefix { $0 != ";" })
    let bounds = words[words.count - 1].dropLast().split(separator: ",").compactMap { Int($0) }
    guard words[words.count - 2] == "LIMIT", let limit = bounds.last else { return nil }
    (self.limit, isWhole) = (limit, words[1] != "id")
    let isOrdered = words.contains("ORDER")
    let isSorted = words.last { $0 != "LIMIT" && !$0.hasSuffix(";") } == "id"
    if words.contains("IN") {
      kind = isOrdered ? .shown(words.flatMap(Self.ids)) : words[1] == "id" ? .existing : .records
    } else if words[1] == "id", words.contains("<="), let start = Self.ids(words[7]).first {
      let since = words.lastIndex(of: ">").flatMap { $0 > 7 ? Self.ids(words[$0 + 1]).first : nil }
      kind = .window(start: start, emptySince: since ?? start)
    } else if !isSorted {
      // The last of the terms names all of them.
      let term = words.lastIndex { $0 == "OR" || $0 == "WHERE" }.map { words[$0...] } ?? []
      kind = .byKey(term.flatMap(Self.ids), skipping: bounds.count > 1 ? bounds[0] : 0)
    } else {
      kind = words.contains { $0.hasSuffix(",") } ? .byChange : .byID
    }
  }

  /// The numbers of `(12x1,12x2)` or of `'12x1'`.
  private static func ids(_ word: Substring) -> [Int64] {
    word.split { "(,)';".contains($0) }.compactMap { part in
      let halves = part.split(separator: "x")
      return halves.count == 2 && Int64(halves[0]) != nil ? Int64(halves[1]) : nil
    }
  }
}
