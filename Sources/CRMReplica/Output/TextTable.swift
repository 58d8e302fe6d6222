internal import Model

/// A table of plain text for people: aligned columns, two blanks apart, one row a line.
struct TextTable: Sendable {
  /// The side of a column that its cells line up on.
  enum Alignment: Sendable {
    case left, right
  }

  /// The heading of a column and the side it lines up on.
  struct Column: Sendable {
    let heading: String
    let alignment: Alignment

    /// A column of words.
    static func left(_ heading: String) -> Column { Column(heading: heading, alignment: .left) }
    /// A column of numbers.
    static func right(_ heading: String) -> Column { Column(heading: heading, alignment: .right) }
  }

  private let columns: [Column]
  private let isPainted: Bool
  private var rows: [[String]] = []
  /// The colour of each row's last cell.
  private var paints: [Paint?] = []

  init(_ columns: [Column], isPainted: Bool = false) {
    (self.columns, self.isPainted) = (columns, isPainted)
  }

  /// Adds a row. It has one cell a column; text from elsewhere cannot break out of its line. The
  /// last cell is painted where the table is.
  mutating func append(_ cells: [String], _ paint: Paint? = nil) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    rows.append(cells.map { $0.onOneLine() })
    paints.append(isPainted ? paint : nil)
  }

  /// The headings and the rows, each line ended by a line feed and without blanks at its end.
  /// Width is that on a terminal.
  var text: String {
    let lines = [columns.map(\.heading)] + rows
    let widths = columns.indices.map { column in lines.map { $0[column].displayWidth }.max() ?? 0 }
    return zip(lines, [nil] + paints).map { cells, paint in
      let line = Self.line(cells, widths, columns.map(\.alignment))
      guard let paint, let last = cells.last, line.hasSuffix(last + "\n") else { return line }
      return line.dropLast(last.count + 1) + paint.on(last) + "\n"
    }.joined()
  }

  /// A line of cells that are as wide as this, ended by a line feed and without blanks at its end.
  static func line(_ cells: [String], _ widths: [Int], _ alignments: [Alignment]) -> String {
    let padded = cells.indices.map {
      cells[$0].padded(to: widths[$0], isRight: alignments[$0] == .right)
    }
    return padded.joined(separator: "  ").droppingBlanksAtEnd + "\n"
  }
}

extension String {
  /// The text without the blanks at its end.
  var droppingBlanksAtEnd: String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return String(self[..<end])
  }
}
