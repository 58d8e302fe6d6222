/// The life of a deal: what it was made as, and what became of it and when.
///
/// Most pass milestones every few weeks until they are won or lost; some are forgotten and grow
/// stale; a few are opened again. A quarter gets another owner, and every other one's expected
/// close moves.
struct Deal {
  enum Change {
    /// A place in the pipeline.
    case stage(Int)
    case owner(Int)
    /// Days from the change.
    case expected(Int)
    /// Percent of the value so far.
    case value(Int)
    case contact
  }

  /// What the deal is at an instant. Instants and days are in seconds since 1970.
  struct State {
    var stage: Int
    var lastOpenStage: Int
    var stageAt: Int
    var owner: Int?
    var expected: Int
    var amount: Int
    var closed: Int?
    var contacted: Int?
    var updated: Int
  }

  private static let day = 86_400

  let made: Int
  let pipeline: Pipeline
  private let first: State
  private(set) var changes: [(at: Int, change: Change)] = []

  /// `closing` is when the archived pipeline took its last deals; `end` is now.
  init(_ draws: inout Draws, made: Int, closing: Int, end: Int) {
    self.made = made
    let lot = draws.below(made < closing ? 100 : 90)
    pipeline = Pipeline.all[lot < 60 ? 0 : lot < 90 ? 1 : 2]
    let stage = draws.chance(80) ? 0 : 1
    first = State(
      stage: stage, lastOpenStage: stage, stageAt: made,
      owner: draws.chance(5) ? nil : draws.below(12),
      expected: made + draws.int(30...180) * Self.day, amount: draws.int(100...90_000),
      updated: made)
    var at = pass(&draws, from: stage, at: made)
    if let last = changes.last, case .stage(let stage) = last.change, stage >= pipeline.won,
      draws.chance(3)
    {
      at += draws.int(10...60) * Self.day
      changes.append((at, .stage(pipeline.won - 1)))
      at += draws.int(5...40) * Self.day
      changes.append((at, .stage(draws.chance(50) ? pipeline.won : pipeline.lost)))
    }
    let life = max(1, min(at, end) - made)
    if draws.chance(25) { changes.append((made + draws.below(life), .owner(draws.below(12)))) }
    if draws.chance(25) { changes.append((made + draws.below(life), .value(draws.int(50...150)))) }
    for _ in 0..<draws.below(3) { changes.append((made + draws.below(life), .contact)) }
    changes = changes.filter { $0.at <= end }.sorted { $0.at < $1.at }
  }

  /// Passes milestones until it is closed or forgotten. Returns when.
  private mutating func pass(_ draws: inout Draws, from first: Int, at made: Int) -> Int {
    var (stage, at) = (first, made)
    let isForgotten = draws.chance(8)
    while changes.count < 20 {
      at += draws.int(3...45) * Self.day + draws.below(Self.day)
      if isForgotten, draws.chance(40) { break }
      let lot = draws.below(100)
      if lot < 14 {
        stage = pipeline.lost
      } else if stage == pipeline.won - 1 {
        stage = lot < 80 ? pipeline.won : stage - 1
      } else {
        stage = min(stage + (lot < 95 ? 1 : 2), pipeline.won - 1)
      }
      changes.append((at, .stage(stage)))
      if stage >= pipeline.won { break }
      if draws.chance(30) { changes.append((at, .expected(draws.int(20...150)))) }
    }
    return at
  }

  func state(at instant: Int) -> State {
    var state = first
    for (at, change) in changes {
      guard at <= instant else { break }
      state.updated = at
      switch change {
      case .stage(let stage):
        let isClosed = stage >= pipeline.won
        (state.stage, state.stageAt) = (stage, at)
        state.closed = isClosed ? at : nil
        if !isClosed { state.lastOpenStage = stage }
      case .owner(let user): state.owner = user
      case .expected(let days): state.expected = at + days * Self.day
      case .value(let percent): state.amount = state.amount * percent / 100
      case .contact: state.contacted = at
      }
    }
    return state
  }
}
