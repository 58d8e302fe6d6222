internal import Model

/// One of those that are compared.
struct Contender {
  let name: String
  /// What goes before each run and is not measured.
  var prepare: () throws -> Void = {}
  let run: () throws -> Child.Cost
}

/// What contenders cost, round by round: A B C, then C B A, so that what disturbs the machine for a
/// while disturbs all of them.
struct Rounds {
  private(set) var costs: [String: [Child.Cost]] = [:]
  private let names: [String]

  init(_ count: Int, _ contenders: [Contender]) throws {
    names = contenders.map(\.name)
    for round in 0..<count {
      for contender in round % 2 == 0 ? contenders : contenders.reversed() {
        try contender.prepare()
        costs[contender.name, default: []].append(try contender.run())
      }
    }
  }

  func figures(_ name: String, _ figure: (Child.Cost) -> Double) -> Figure {
    Figure(costs[name, default: []].map(figure))
  }

  /// Round by round.
  func ratio(_ name: String, to other: String, _ figure: (Child.Cost) -> Double) -> Figure {
    Figure(
      zip(costs[name, default: []], costs[other, default: []]).map { figure($0) / figure($1) })
  }

  /// The medians as members of a JSON object.
  var json: String {
    names.map { name in
      let wall = figures(name) { $0.wall }
      let cpu = figures(name) { $0.cpu }
      let written = figures(name) { Double($0.written) }
      let peak = figures(name) { Double($0.peak) }
      return "\"\(name)\":{\"wall_s\":\(wall.text),\"cpu_s\":\(cpu.text),"
        + "\"written_bytes\":\(Int(written.median)),\"peak_bytes\":\(Int(peak.median))}"
    }.joined(separator: ",")
  }
}

/// The median of some figures, the smallest and the largest.
struct Figure {
  let median: Double
  let least: Double
  let most: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else {
      (median, least, most) = (.nan, .nan, .nan)
      return
    }
    let half = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    (least, most) = (first, last)
  }

  init(_ value: Double) { self.init([value]) }

  func scaled(by factor: Double) -> Figure {
    Figure(median: median * factor, least: least * factor, most: most * factor)
  }

  private init(median: Double, least: Double, most: Double) {
    (self.median, self.least, self.most) = (median, least, most)
  }

  var text: String { Self.text(median) }

  /// Three decimals at the most.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let thousandths = Int((value * 1_000).rounded())
    let rest = thousandths.magnitude % 1_000
    let digits = String(rest + 1_000).dropFirst()
    return "\(thousandths < 0 ? "-" : "")\(thousandths.magnitude / 1_000).\(digits)"
  }
}
