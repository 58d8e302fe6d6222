internal import Model
internal import SQLite

/// Makes the views of a file what the declarations say, and leaves the user's own as they are.
struct ViewStore {
  private let connection: Connection
  private let views: [View]
  /// The views that something else keeps in step: neither made nor dropped here.
  private let others: Set<String>
  /// Views and triggers that are away and have to come back, unless they are ours.
  private var aside: [SchemaEntry]
  /// The views that are there.
  private var made: Set<String> = []

  /// `aside` is what was taken away before.
  init(_ connection: Connection, _ views: [View], others: Set<String>, aside: [SchemaEntry]) {
    self.connection = connection
    self.views = views
    self.others = others
    self.aside = aside
  }

  mutating func make(_ tables: [Table]) throws {
    let all = try withoutFormerKeeping(SchemaEntry.all(connection))
    let digests = try ViewDocs.digests(connection)
    let isOurs = { (entry: SchemaEntry, name: String) in
      entry.type == "view" && digests[name] == ViewDocs.digest(entry.sql)
    }
    for declared in views {
      let possible = declared.made(in: tables)
      let view = possible ?? declared
      let present = all.first { $0.bears(view.name) }
      if let entry = present ?? aside.first(where: { $0.bears(view.name) }),
        entry.sql != view.create, !isOurs(entry, view.name)
      {
        throw Clash(entry, .bearsOurName)
      }
      aside.removeAll { $0.bears(view.name) }
      let isDeclared = possible != nil && view.views.isSubset(of: made)
      if isDeclared { try support(view, all) }
      // A change of any table has taken all views away: what is there still reads what it read.
      let isWanted = try isDeclared && (present?.sql == view.create || isReadable(view))
      if isWanted { made.insert(view.name) }
      let isDescribed = digests[view.name] == ViewDocs.digest(view.create)
      if isWanted, isDescribed, present?.sql == view.create { continue }
      if let present { try drop(present, all) }
      try ViewDocs.remove(view.name, connection)
      if isWanted {
        try connection.runOnce(view.create)
        try view.docs.store(view.name, view.create, connection)
      }
    }
    // Those of another version of the program, or of a table that is not kept any more.
    for name in digests.keys.sorted()
    where !others.contains(name) && !views.contains(where: { $0.name == name }) {
      aside.removeAll { $0.bears(name) && isOurs($0, name) }
      if let present = all.first(where: { $0.bears(name) }), isOurs(present, name) {
        try drop(present, all)
      }
      try ViewDocs.remove(name, connection)
    }
  }

  /// Drops the tables of kept rows that an older program made in another form, with their indices:
  /// they are filled anew. `_kept` says which are ours; what was never filled, or was emptied
  /// since, does not stand there: one without rows, all of whose columns are ours, is no user's.
  private func withoutFormerKeeping(_ all: [SchemaEntry]) throws -> [SchemaEntry] {
    guard all.contains(where: { $0.bears("_kept") }) else { return all }
    let ours = try connection.rows("SELECT table_name FROM _kept").compactMap(\.[0].text)
    var rest = all
    for support in Set(views.flatMap(\.supports))
    where Reports.kept.contains(support.name) {
      do {
        try Ownership.requireFree(statement: support.create[...], among: rest)
      } catch let clash as Clash {
        guard try ours.contains(support.name) || isUnfilled(support, among: rest) else {
          throw clash
        }
        try connection.runOnce("DROP TABLE \(quoted(support.name))")
        rest.removeAll { $0.isOn(support.name) }
      }
    }
    return rest
  }

  private func isUnfilled(_ support: View.Support, among all: [SchemaEntry]) throws -> Bool {
    let name = support.name
    guard all.contains(where: { $0.bears(name) && $0.type == "table" }) else { return false }
    let columns = try connection.rows(
      "SELECT name FROM pragma_table_info(?)", [.text(name)]
    ).compactMap(\.[0].text)
    let ours = Set(support.create.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
    return try columns.allSatisfy { ours.contains(Substring($0)) }
      && connection.rows("SELECT 1 FROM \(quoted(name)) LIMIT 1").isEmpty
  }

  /// Makes the tables and indices that a view needs, where they are missing.
  private func support(_ view: View, _ all: [SchemaEntry]) throws {
    for support in view.supports {
      try Ownership.requireFree(statement: support.create[...], among: all)
      if !all.contains(where: { $0.bears(support.name) }) {
        try connection.runOnce(support.create)
      }
    }
  }

  /// Drops a view of ours, and has the triggers on it come back if something takes its place.
  private mutating func drop(_ view: SchemaEntry, _ all: [SchemaEntry]) throws {
    aside += all.filter { $0.isTrigger(on: view.name) }
    try connection.runOnce("DROP VIEW \(quoted(view.name))")
  }

  /// Puts back what is the user's own. `tables` are ours: a trigger on one that reads what is gone
  /// would make each statement fail that writes there.
  func putBack(triggersOn tables: [String: Set<String>]) throws {
    for entry in aside.reversed() {
      do {
        try entry.make(connection)
        guard entry.type == "trigger", let columns = tables[entry.table] else { continue }
        let settings = columns.sorted().map { "\(quoted($0)) = NULL" }.joined(separator: ", ")
        for statement in [
          "INSERT INTO \(quoted(entry.table)) DEFAULT VALUES",
          "UPDATE \(quoted(entry.table)) SET \(settings)", "DELETE FROM \(quoted(entry.table))",
        ] { _ = try Statement(statement, on: connection) }
      } catch let error as SQLiteError where error.isMeaningless {
        let isThere = try SchemaEntry.all(connection).contains { $0.bears(entry.table) }
        throw Clash(entry, isThere ? .readsColumnThatGoes : .isOnViewThatGoes)
      }
    }
  }

  /// Whether SQLite finds every table and column that the view names.
  private func isReadable(_ view: View) throws -> Bool {
    do {
      _ = try Statement(view.select, on: connection)
      return true
    } catch let error as SQLiteError where error.isMeaningless {
      return false
    }
  }
}
