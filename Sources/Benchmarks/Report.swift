internal import Glibc

/// What was measured: a JSON line a measure as it comes, and a table of the ratios at the end.
struct Report {
  private var rows: [[String]] = [["measure", "what", "median", "min..max", "bound", ""]]
  private(set) var isMissed = false
  private var closing: [String] = []

  /// Prints the figures of one measure.
  func line(_ measure: String, _ members: String) {
    print("{\"measure\":\"\(measure)\",\(members)}")
    fflush(nil)
  }

  /// Notes a figure, and whether it keeps within its bound.
  mutating func row(
    _ measure: String, _ what: String, _ figure: Figure, atMost bound: Double? = nil,
    atLeast least: Double? = nil
  ) {
    var verdict = ""
    if let bound {
      verdict = figure.median <= bound ? "ok" : "MISSED"
    } else if let least {
      verdict = figure.median >= least ? "ok" : "MISSED"
    }
    if verdict == "MISSED" { isMissed = true }
    let range = "\(Figure.text(figure.least))..\(Figure.text(figure.most))"
    let limit = bound.map { "<= \($0)" } ?? least.map { ">= \($0)" } ?? ""
    rows.append([measure, what, figure.text, range, limit, verdict])
  }

  /// Notes a sentence that is to stand below the table.
  mutating func close(_ sentence: String) { closing.append(sentence) }

  func printTable() {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    print("")
    for row in rows {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      print(cells.joined(separator: "  "))
    }
    if !closing.isEmpty { print("\n" + closing.joined(separator: "\n")) }
  }
}
