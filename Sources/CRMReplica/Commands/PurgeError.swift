internal import SQLite

/// Nothing was purged: there are no such rows, or they are no tombstones.
struct PurgeRefusal: OperatorError, Hashable {
  let table: String
  let unknown: [String]
  let living: [String]

  var exitCode: ExitCode { .incomplete }

  var message: String {
    var lines = ["Nothing was purged."]
    if !unknown.isEmpty { lines.append("The file has no \(rows(unknown)).") }
    if !living.isEmpty {
      lines.append(
        """
        The account still showed \(rows(living)) at the last sync, and the next one would bring \
        back what is purged.
        Delete it in the account, sync, and purge then.
        """)
    }
    return lines.joined(separator: "\n")
  }

  private func rows(_ keys: [String]) -> String {
    "\(keys.count == 1 ? "row" : "rows") \(keys.joined(separator: ", ").onOneLine()) of \(table)"
  }
}

/// The rows are purged, and what they held may still stand in other places.
struct PurgeLeftovers: OperatorError, Hashable {
  let database: String
  /// Why the file was not written anew.
  var wipeFailure: SQLiteError?
  /// Whether a reader keeps the log as it is.
  var isLogRead = false
  /// The published copy, where it could not be made anew.
  var copy: String?

  init(database: String) {
    self.database = database
  }

  var isAny: Bool { wipeFailure != nil || isLogRead || copy != nil }

  var exitCode: ExitCode {
    guard let wipeFailure else { return isLogRead ? .tryLater : .incomplete }
    return wipeFailure.isBusy || wipeFailure.isInterrupted ? .tryLater : .database
  }

  var message: String {
    var lines = ["The rows are purged, but not everything is gone that they held."]
    let file = database.onOneLine()
    if let wipeFailure {
      let reason = wipeFailure.isInterrupted ? "a signal came" : wipeFailure.reason
      lines.append(
        "\(file) could not be written anew: \(reason).\n"
          + "Its unused bytes, or its log (-wal), may hold it.")
      if wipeFailure.isFull {
        lines.append(
          """
          That takes as much room as the file in the folder for temporary files (SQLITE_TMPDIR, or \
          /var/tmp), and again beside the file. Make room, or raise the quota or limit on files.
          """)
      }
    }
    if isLogRead {
      lines.append(
        """
        Another program, such as a backup that follows the log, reads \(file), and its log (-wal) \
        may hold it until that ends.
        """)
    }
    if let copy {
      lines.append("The copy \(copy.onOneLine()) still holds it: it was not made anew.")
    }
    lines.append("Mend that, and run the same command again.")
    return lines.joined(separator: "\n")
  }
}
