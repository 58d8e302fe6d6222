internal import ReplicaFile
internal import SQLite

/// An error of SQLite together with the file that it is about, which SQLite does not name.
struct ReplicaFileError: Error {
  let path: String
  let cause: SQLiteError
}

/// Does the work, and names the file in what comes out of it: an error of SQLite, or a clash.
func naming<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
  do {
    return try work()
  } catch let error as SQLiteError {
    throw ReplicaFileError(path: path, cause: error)
  } catch let clash as Clash {
    throw ClashError(path: path, clash: clash)
  }
}

/// Something of the user's is in the way of what the replica needs in its file.
struct ClashError: OperatorError, Hashable {
  let path: String
  let clash: Clash

  var exitCode: ExitCode { .database }

  var message: String {
    let word = clash.kind == .column ? "of" : "on"
    let place = clash.table.map { " \(word) \($0.onOneLine())" } ?? ""
    return """
      \(path.onOneLine()) holds the \(clash.kind.rawValue) \(clash.name.onOneLine())\(place)\
      \(trouble).
      Nothing was changed. \(remedy)
      """
  }

  private var trouble: String {
    switch clash.reason {
    case .bearsOurName: ", which is not the replica's, and the replica needs that name"
    case .readsColumnThatGoes where clash.kind == .table:
      ", in which a column or a rule of yours reads a column that is to leave the file"
    case .readsColumnThatGoes:
      ", which is not the replica's and reads a column that is to leave the file"
    case .isInTableThatGoes:
      ", which is not the replica's, and that table is to go or to be made anew"
    case .isOnViewThatGoes: ", which is not the replica's, and that view is to go"
    }
  }

  private var remedy: String {
    let name = "\"\(clash.name.onOneLine())\""
    let table = "\"\(clash.table?.onOneLine() ?? "")\""
    switch (clash.reason, clash.kind) {
    case (.bearsOurName, .table):
      return "Rename it, as by ALTER TABLE \(name) RENAME TO …, or disable what brings the name."
    case (.bearsOurName, .column):
      return "Rename it, as by ALTER TABLE \(table) RENAME COLUMN \(name) TO …."
    case (.bearsOurName, .index), (.bearsOurName, .view), (.bearsOurName, .trigger):
      return "Drop it, and make it again under another name."
    case (.readsColumnThatGoes, _):
      return """
        Drop it, or make it again without that column, or take the column out of \
        "exclude_columns".
        """
    case (.isInTableThatGoes, _):
      return "Copy what it holds into a table of your own, and drop the column."
    case (.isOnViewThatGoes, _):
      return "Drop it, or put it on a view of your own."
    }
  }
}
