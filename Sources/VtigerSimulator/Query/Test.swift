import Simulation

/// A condition on one field, ready to be asked of rows.
struct Test {
  enum Operand {
    case number(Double)
    case link(Int64)
    case text(String)
    /// Compares with nothing, as SQL NULL.
    case nothing
  }

  let field: Field
  let comparison: Statement.Comparison
  let operands: [Operand]
  let ignoresCase: Bool

  /// Whether a value passes. NULL passes no condition.
  func holds(for value: Value) -> Bool {
    operands.contains { operand in
      switch (value, operand) {
      case (.link(let number), .link(let wanted)): return compare(number, wanted)
      case (.text(let text), .number(let wanted)): return compare(Double(text) ?? 0, wanted)
      case (.text(let text), .text(let wanted)):
        let text = ignoresCase ? text.lowercased() : text
        return comparison == .like
          ? Test.matches(Array(text)[...], Array(wanted)[...]) : compare(text, wanted)
      default: return false
      }
    }
  }

  private func compare<Side: Comparable>(_ left: Side, _ right: Side) -> Bool {
    switch comparison {
    case .equal, .isIn, .like: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }

  /// `%` stands for any text, `_` for one character.
  private static func matches(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>)
    -> Bool
  {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "%" {
      return (text.startIndex...text.endIndex).contains {
        matches(text[$0...], pattern.dropFirst())
      }
    }
    guard let character = text.first, first == "_" || first == character else { return false }
    return matches(text.dropFirst(), pattern.dropFirst())
  }
}

extension VtigerAccount {
  /// The condition of a term, or what the server says of it.
  func test(_ term: Statement.Term, of module: Module) throws -> Test {
    guard let field = module.field(term.field), isSelectable(field, of: module) else {
      throw Failure(
        code: "ACCESS_DENIED", message: "Permission to access \(term.field) attribute denied.")
    }
    let isLike = term.comparison == .like
    let operands: [Test.Operand] = try term.literals.map { literal in
      if !literal.isQuoted, literal.text.lowercased() == "null" { return .nothing }
      switch field.role {
      case .id where isLike:
        // 8.0.0 takes it, and finds all of the module.
        guard switches.release == .v8_0 else { throw Failure.wrongID }
        return .link(0)
      case .id: return VtigerAccount.number(in: literal.text).map { .link($0) } ?? .nothing
      case .createdTime, .modifiedTime: return moment(literal, term.comparison)
      case .modifiedBy, .creator, .owner, .contacts: return try reference(literal, field)
      default: break
      }
      if field.type == .reference, !field.refersTo.isEmpty { return try reference(literal, field) }
      if field.type.isNumeric, !isLike { return .number(Double(literal.text) ?? 0) }
      return .text(switches.ignoresCase ? literal.text.lowercased() : literal.text)
    }
    return Test(
      field: field, comparison: isLike && field.role == .id ? .greater : term.comparison,
      operands: operands,
      ignoresCase: switches.ignoresCase)
  }

  /// The number behind the `x`, whatever stands before it: a foreign prefix is ignored (measured).
  static func number(in id: String) -> Int64? {
    let sides = id.split(separator: "x", maxSplits: 1, omittingEmptySubsequences: false)
    return sides.count == 2 && Int64(sides[0]) != nil ? Int64(sides[1]) : nil
  }

  /// A value without `x` is refused. A user's name was taken, and not found, by 8.0.0 (measured).
  private func reference(_ literal: Statement.Literal, _ field: Field) throws -> Test.Operand {
    if let number = VtigerAccount.number(in: literal.text) { return .link(number) }
    guard field.role == .owner, switches.release == .v8_0 else { throw Failure.wrongID }
    return .nothing
  }

  /// `2026-11-28`, with a time, with `T` and `Z`, which says nothing of the zone (measured). Any
  /// other text is before all times, as a UNIX time is: `> 1895900000` matches everything.
  private func moment(_ literal: Statement.Literal, _ comparison: Statement.Comparison)
    -> Test.Operand
  {
    var text = literal.text.replacing(" ", with: "T")
    if text.utf8.count == 10 { text += "T00:00:00" }
    if !text.hasSuffix("Z") { text += "Z" }
    return .link(parseInstant(text) ?? Int64.min)
  }
}
