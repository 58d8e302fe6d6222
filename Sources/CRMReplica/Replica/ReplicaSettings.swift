internal import Glibc
internal import Model
internal import ReplicaFile
internal import Replication

/// The configuration as the engine wants it: the tables that are wanted, and the options of a run.
struct ReplicaSettings {
  let configuration: Configuration
  /// What is known of an account whose kind does not declare its tables.
  let known: KnownAccount
  /// Every table that the account has, as far as it is known.
  let catalogue: [Table]
  let tables: [Table]
  /// Tables that go because those they are read by are disabled, with the latter.
  let leftOut: [(table: String, without: [String])]

  init(_ configuration: Configuration, _ known: KnownAccount = .nothing) {
    (self.configuration, self.known) = (configuration, known)
    var leftOut: [(table: String, without: [String])] = []
    let withheld = Set(known.withheld.map(\.table))
    let catalogue = configuration.source.kind.catalogue(known)
      .filter { !withheld.contains($0.name) }
    self.catalogue = catalogue
    var wanted = catalogue.filter { configuration.table($0.name).isEnabled }
    let names = Set(wanted.map(\.name))
    wanted.removeAll { table in
      var needed = table.parents
      // A feed without its table would use up deletions that the table then never learns of.
      if case .deletions(let target) = table.method { needed = [target] }
      let isOrphan = !needed.isEmpty && names.isDisjoint(with: needed)
      if isOrphan { leftOut.append((table.name, needed)) }
      return isOrphan
    }
    tables = wanted.map { table in
      // Where nobody knew the table when it was configured, its key may be among them.
      let excluded = configuration.table(table.name).excludedColumns
        .subtracting(table.columns.filter(Self.isRequired).map(\.name))
      return table.excluding(excluded).searched(configuration.search)
    }
    self.leftOut = leftOut
  }

  /// The configuration over what the file that it names knows of the account. The file is opened
  /// for reading, and only where the kind does not say all.
  init(reading configuration: Configuration) throws {
    let path = configuration.database
    guard !configuration.source.kind.declaresTables, access(path, F_OK) == 0 else {
      self.init(configuration)
      return
    }
    let known = try naming(path) {
      try KnownAccount(configuration.source.kind, in: Database.openReadOnly(path: path))
    }
    self.init(configuration, known)
  }

  /// The table of that name. Throws for one that the configuration does not replicate.
  func table(named name: String) throws(UsageError) -> Table {
    if let table = tables.first(where: { $0.name == name }) { return table }
    throw .unknownTable(name, nearest: nearestName(to: name, among: tables.map(\.name)))
  }

  var source: any Source {
    configuration.source.kind.source(at: configuration.source.address, tables: tables, known)
  }

  var views: [View] { source.views }

  /// The options of a run of the tables in `selection`, or of all.
  func options(selection: Set<String>? = nil, full: Bool = false) -> RoundOptions {
    var options = RoundOptions()
    options.selection = selection.map(completed)
    options.full = full
    options.pageSize = configuration.requests.pageSize
    options.concurrency = configuration.requests.concurrency
    options.lookback = configuration.schedule.overlap.components.seconds
    options.reserve = configuration.requests.reserve
    options.perParentBudget = configuration.requests.perParentBudget
    options.scrubBudget = configuration.requests.scrubBudget
    options.censusBudget = configuration.requests.censusBudget
    options.scrubEvery = configuration.schedule.sweepEvery.components.seconds
    options.historyKeep = configuration.history.keep?.components.seconds
    options.guardRows = configuration.deleteGuard.rows
    options.guardShare = configuration.deleteGuard.share
    options.fullEvery = configuration.tables.compactMapValues {
      $0.fullEvery?.components.seconds
    }
    return options
  }

  /// The named tables, or nil for all. Throws for a name that the configuration does not replicate.
  func selection(of names: [String]) throws -> Set<String>? {
    for name in names { _ = try table(named: name) }
    return names.isEmpty ? nil : Set(names)
  }

  /// A selection with what belongs to it: the deletions of a table, and the tables whose rows a
  /// full listing is read by.
  private func completed(_ selection: Set<String>) -> Set<String> {
    var completed = selection
    for table in tables {
      if case .deletions(let target) = table.method, selection.contains(target) {
        completed.insert(table.name)
      }
      if selection.contains(table.name), table.method == .full {
        completed.formUnion(table.parents)
      }
    }
    return completed
  }

  /// What a configuration may name.
  static let names = TableNames(
    columns: Dictionary(
      uniqueKeysWithValues: SourceKind.described.catalogue().map { table in
        (table.name, Set(table.columns.map(\.name) + table.children.map(\.columnName)))
      }),
    requiredColumns: Dictionary(
      uniqueKeysWithValues: SourceKind.described.catalogue().map { table in
        (table.name, Set(table.columns.filter(isRequired).map(\.name)))
      }),
    dependencies: Dictionary(
      uniqueKeysWithValues: SourceKind.described.catalogue().compactMap { table in
        let parents = Set(table.parents)
        return parents.count == 1 ? (table.name, Array(parents)) : nil
      }))

  private static func isRequired(_ column: Column) -> Bool {
    column.isKey || column.place == .listing || column.name == "deleted_at"
  }
}

extension Log {
  /// Says what an account has that the file did not know, and what of the configuration it has not.
  func noteNews(_ news: AccountNews, _ settings: ReplicaSettings) {
    // Of a file that knew the account it was said before the round.
    if news.isFirst { noteLeftOut(settings) }
    if let user = news.presumedUser {
      note(
        .warning, "the server does not say who reads",
        [
          "taken_for": user,
          "next": "another user's name is noticed, another account at this address is not",
        ])
    }
    for name in news.found { note(.info, "new in the account", ["module": name]) }
    for name in news.lost {
      note(
        .warning, "not shown any more",
        ["name": name, "next": "its rows, values and history stay as they are"])
    }
    for name in news.unread {
      note(.warning, "table left out", ["module": name, "reason": "this user may not read it"])
    }
    for (table, configured) in settings.configuration.tables.sorted(by: { $0.key < $1.key }) {
      guard let declared = settings.catalogue.first(where: { $0.name == table }) else {
        note(.warning, "no such table in the account", ["table": table])
        continue
      }
      let names = declared.columns.map(\.name) + declared.children.map(\.columnName)
      for column in configured.excludedColumns.subtracting(names).sorted() {
        note(.warning, "no such column in the account", ["table": table, "column": column])
      }
    }
  }

  /// Says which tables go because those they are read by are disabled.
  func noteLeftOut(_ settings: ReplicaSettings) {
    for (table, parents) in settings.leftOut {
      note(.warning, "table left out", ["table": table, "without": parents.joined(separator: ",")])
    }
    for (table, reason) in settings.known.withheld {
      note(.warning, "table left out", ["table": table, "reason": reason])
    }
  }
}
