internal import FoundationEssentials
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// `why`: what the file knows of one row, and since when. Reads the file alone.
struct WhyCommand: Command {
  let place: ReplicaPlace?
  let entity: String
  let key: String
  let json: Bool

  static let syntax = CommandSyntax(
    name: "why", summary: "tell what the file knows of one row, and since when",
    details: """
      ENTITY is a table or one of its records (parties, party), ID its key; a key of two columns
      is written with a slash (party/12). Reads the file alone and asks the account nothing.
      Exits with 1 when the file has never had such a row.
      """,
    options: [.config, .replica, .json],
    operands: [OperandSyntax(name: "ENTITY"), OperandSyntax(name: "ID")], takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration()
    let settings = try ReplicaSettings(reading: configuration)
    let table = try Self.table(named: entity, among: settings.tables, settings.known.singulars)
    let key = try Self.key(key, of: table, command: "why")
    let story = try naming(configuration.database) {
      let connection = try Database.openCurrent(path: configuration.database)
      let now = try SourceClock.now(in: connection)
      return try RowStory(
        of: key, in: table, tables: settings.tables,
        keptSince: configuration.history.keep.map { (now + -$0.components.seconds).sql },
        connection)
    }
    if json {
      try environment.output.write(
        try StandardStream.json(of: JSONDocument(story), .withoutEscapingSlashes))
    } else {
      try environment.output.write(RowStoryText(story: story, secret: settings.source.secret).text)
    }
    return story.isKnown ? .success : .incomplete
  }

  // MARK: What is asked for

  /// The table that a word means: by its name, or by that of one of its records. `singulars` are
  /// what an account calls one, where the account names its tables.
  static func table(
    named name: String, among tables: [Table], _ singulars: [String: String] = [:]
  ) throws(UsageError) -> Table {
    func called(_ table: String) -> String? { singulars[table].map(word) }
    func word(_ label: String) -> String {
      label.lowercased().split(separator: " ").joined(separator: "_")
    }
    if let table = tables.first(where: { called($0.name) == word(name) }) { return table }
    if let table = tables.first(where: { singular($0.name) == name }) { return table }
    let names = tables.flatMap { table in
      [table.name, singular(table.name)] + (called(table.name).map { [$0] } ?? [])
    }
    if let table = tables.first(where: { $0.name == name }) { return table }
    throw .unknownTable(name, nearest: nearestName(to: name, among: names))
  }

  /// `parties` as one of them is called: `party`. Names of tables are English plurals.
  private static func singular(_ name: String) -> String {
    if name.hasSuffix("ies") { return name.dropLast(3) + "y" }
    return name.hasSuffix("s") ? String(name.dropLast()) : name
  }

  /// The parts of a key, each of its column's type.
  static func key(
    _ text: String, of table: Table, command: String
  ) throws(UsageError) -> [Value] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let columns = table.key
    let isWhole = columns.map { $0.type == .integer || $0.type == .integerOrDigits }
    let values =
      columns.count == 1 && !isWhole[0]
      ? [.text(text)]
      : zip(parts, isWhole).compactMap { part, isWhole -> Value? in
        isWhole ? Int64(part).map { .integer($0) } : .text(part)
      }
    guard values.count == columns.count, parts.count == columns.count || values == [.text(text)]
    else {
      let shape = columns.count == 1 ? "a whole number" : columns.map(\.name).joined(separator: "/")
      throw .badKey(text, table: table.name, shape: shape, command: command)
    }
    return values
  }
}

extension WhyCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), entity: words.operands[0], key: words.operands[1],
      json: words.has(.json))
  }
}
