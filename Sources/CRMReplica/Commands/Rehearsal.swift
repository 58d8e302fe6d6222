internal import Glibc
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import Simulation

/// Simulated accounts that stay up, for people to try their configuration, reports, alerts and
/// failures on: what `demo --serve` does.
struct Rehearsal {
  /// What can be made to happen, by the word that is typed.
  enum Event: String, CaseIterable {
    case edit, delete
    case spent = "429"
    case failing = "500"
    case slow, well

    var meaning: String {
      switch self {
      case .edit: "a day passes: records come, change and go"
      case .delete: "a record is deleted"
      case .spent: "the allowance is used up for a minute"
      case .failing: "every request fails, until \"well\""
      case .slow: "every reply comes too slowly, until \"well\""
      case .well: "all trouble ends"
      }
    }
  }

  /// An account behind a server, whatever its type.
  private struct Stage {
    let source: Configuration.Source
    let secret: Token
    let act: (Event) -> String
    let stop: () -> Void
  }

  private let stages: [Stage]

  /// Starts a server for the account of each kind.
  init(_ kinds: [SourceKind]) throws {
    let now = SystemClock().now()
    stages = try kinds.map { kind in
      switch kind {
      case .capsule: try Self.stage(.capsule(at: now))
      case .vtiger: try Self.stage(.vtiger(at: now))
      }
    }
  }

  private static func stage<Simulated>(
    _ demo: sending DemoAccount<Simulated>
  ) throws -> Stage {
    let (secret, edits, deletes, troubles) = (demo.secret, demo.edits, demo.deletes, demo.troubles)
    var source = demo.source
    let server = LoopbackServer(demo.account)
    try server.start()
    source.baseURL = try BaseURL(server.baseURL)
    let product = source.kind.product
    return Stage(
      source: source, secret: secret,
      act: { event in
        if let effect = event.effect {
          let script = FaultScript([.init(effect, on: .path("", times: event.times))])
          server.withAccount { troubles($0, script) }
          return "\(product): \(event.meaning).\n"
        }
        switch event {
        case .edit: return "\(product): \(server.withAccount(edits)).\n"
        case .delete:
          let what = server.withAccount(deletes).map { "\($0) is deleted" }
          return "\(product): \(what ?? "nothing is left to be deleted").\n"
        default:
          server.withAccount { troubles($0, FaultScript()) }
          return "\(product): \(event.meaning).\n"
        }
      }, stop: { server.stop() })
  }

  /// Says how each account is reached, and lets happen what is asked for until a signal comes.
  /// SIGUSR1 has a day pass.
  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    defer { for stage in stages { stage.stop() } }
    try environment.stop.take(also: [SIGUSR1])
    let introduction = stages.map(Self.introduction).joined() + Self.words
    // Nobody can ask who does not know where.
    guard try environment.output.write(introduction) else { return .success }
    var input = Lines()
    while true {
      var waiting = [
        pollfd(fd: environment.stop.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: input.isOver ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      ]
      poll(&waiting, 2, -1)
      while let signal = environment.stop.read() {
        guard signal == SIGUSR1 else { return .success }
        try act(.edit, environment)
      }
      guard waiting[1].revents != 0 else { continue }
      for line in input.read() {
        guard let event = Event(rawValue: line) else {
          if !line.isEmpty { try environment.output.write(Self.words) }
          continue
        }
        try act(event, environment)
      }
    }
  }

  private func act(_ event: Event, _ environment: ProgramEnvironment) throws {
    for stage in stages { try environment.output.write(stage.act(event)) }
  }

  private static func introduction(of stage: Stage) -> String {
    let (source, names) = (stage.source, stage.source.kind.secretNames)
    let name = source.kind.rawValue
    let members: [(String, String?)] = [
      ("kind", name), ("base_url", source.baseURL.description), ("username", source.username),
      ("api", source.api?.rawValue), (names.key, "\(name).\(names.credential)"),
    ]
    let configuration = JSONDocument.object([
      .init("database", .string("\(name).sqlite")),
      .init(
        "source",
        .object(members.compactMap { key, value in value.map { .init(key, .string($0)) } })),
    ])
    return """
      A simulated \(source.kind.product) account answers at \(source.baseURL). Its \(names.word):
        \(stage.secret.secret)
      A configuration for it, with that in the file that it names:
        \(configuration.line)


      """
  }

  private static let words =
    "Type a word and Enter, and it happens there; Ctrl-C ends it.\n"
    + Event.allCases.map {
      "  \($0.rawValue)\(String(repeating: " ", count: 8 - $0.rawValue.count))\($0.meaning)\n"
    }
    .joined()

  /// What comes on standard input, line by line.
  private struct Lines {
    private var rest: [UInt8] = []
    private(set) var isOver = false

    /// The lines that are whole, without blanks around them, behind a wait for more.
    mutating func read() -> [String] {
      var chunk = [UInt8](repeating: 0, count: 1_024)
      let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
      guard count > 0 else {
        isOver = count == 0 || (errno != EINTR && errno != EAGAIN)
        return []
      }
      rest += chunk[..<count]
      var lines: [String] = []
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        lines.append(String(line.split(whereSeparator: \.isWhitespace).first ?? ""))
        rest.removeSubrange(...end)
      }
      // Nobody's word is that long.
      if rest.count > 4_096 { rest = [] }
      return lines
    }
  }
}

extension Rehearsal.Event {
  fileprivate var effect: FaultScript.Effect? {
    switch self {
    case .edit, .delete, .well: nil
    case .spent: .rateLimited(resetIn: 60)
    case .failing: .serverError(500, html: true)
    case .slow: .slowBody
    }
  }

  /// How many requests it hits.
  fileprivate var times: Int { self == .spent ? 1 : .max }
}
