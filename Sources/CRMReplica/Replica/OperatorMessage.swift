internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// The sentence and the exit code for an error that ends a command: one place, one switch.
///
/// Each message says what happened, what that means for the file, and what the operator can do.
struct OperatorMessage {
  let text: String
  let exitCode: ExitCode

  init(_ error: any Error) {
    switch error {
    case let error as any OperatorError:
      (text, exitCode) = (error.message, error.exitCode)
    case let error as ReplicaFileError:
      (text, exitCode) = Self.database(error.cause, error.path.onOneLine(), error.culprits)
    case DatabaseError.foreign(let path):
      text = """
        \(path.onOneLine()) is a database, but no replica of ours. It was left as it is.
        Let "database" name a file that does not exist yet.
        """
      exitCode = .database
    case DatabaseError.unsynced(let path, let isThere):
      text =
        "\(path.onOneLine()) \(isThere ? "is empty" : "does not exist"); "
        + "nothing synced yet: run sync."
      exitCode = .database
    case DatabaseError.newer(let path, let version):
      text = """
        \(path.onOneLine()) was written by a newer crm-replica (version \(version) of its tables). \
        It was left as it is.
        Install the newer program again.
        """
      exitCode = .database
    case DatabaseError.older(let path):
      text = """
        \(path.onOneLine()) was written by an older crm-replica, which kept less. It was left as \
        it is.
        The next sync brings it up to date.
        """
      exitCode = .database
    case let error as AnotherAccount:
      let secret = error.secret
      text = """
        \(error.path.onOneLine()) is the replica of another account: it holds \
        \(error.held.onOneLine()), and the \(secret) opens \(error.found.onOneLine()).
        Nothing was written, so that the records of two accounts are not mixed.
        Let "database" name another file for this account, or "source" and its \(secret) open \
        again the account that the file holds. If it is the same account at another address or \
        under another name, have the file forget whose it is, and sync again: \
        sqlite3 \(error.path.onOneLine()) '\(error.forgetting)'
        """
      exitCode = .configuration
    case let failure as TableFailure:
      (text, exitCode) = (failure.sentence + "\nNothing was changed.", .database)
    case let error as CurlTransportError where error == .unusableToken:
      // What the secret is made of was seen to where it was read.
      text = """
        The name of the user in "source" has a colon, which would end it where it is sent.
        Let "username" name the user as the account does.
        """
      exitCode = .configuration
    default:
      text = "This is a defect of crm-replica: \(error). The file is whole; please report it."
      exitCode = .defect
    }
  }

  private static func database(
    _ error: SQLiteError, _ path: String, _ culprits: String
  ) -> (String, ExitCode) {
    if error.isBusy {
      return (
        """
        Another program holds \(path): \(error.message).
        Nothing of the last page was written. Let it finish, and try again.
        """, .tryLater
      )
    }
    let text =
      if error.isNotADatabase {
        """
        \(path) is no SQLite database, or it is damaged: \(error.message).
        Nothing more was written to it. If it is yours for another purpose, let "database" name \
        another file. Otherwise move it away, with the -wal and -shm files beside it, and restore \
        a backup or sync again: a new file is filled from the account, without the history.
        """
      } else if error.isFull {
        """
        There is no room for \(path): \(error.reason).
        Nothing of the last page was written; what was committed is safe, and the next sync goes \
        on from there.
        Make room on its file system, or raise the quota or limit on files, and sync again.
        """
      } else if error.isReadOnly {
        """
        \(path) cannot be written: \(error.reason).
        Nothing was changed. \(Program.isService ? Self.confined : "")Let the user that runs \
        crm-replica own its folder, the file and those beside it (-wal, -shm, .lock), on a file \
        system that is not mounted read-only. SQLite writes there even for who only reads.
        """
      } else if let table = error.writtenTable, !error.isOfFile {
        """
        \(path): what is written to the table \(table.onOneLine()) failed: \(error.reason) \
        (SQLite \(error.code)).
        What was committed is safe. \(culprits)
        """
      } else if !error.isOfFile {
        """
        \(path): a statement failed: \(error.reason) (SQLite \(error.code)).
        What was committed is safe. See what that names: tables, views, indices and triggers that \
        were changed by hand.
        """
      } else {
        """
        \(path) cannot be used: \(error.reason) (SQLite \(error.code)).
        What was committed is safe. See that "database" names a file, not a folder, and that \
        crm-replica may write to it and to its folder.
        """
      }
    return (text, .database)
  }
}

extension OperatorMessage {
  /// What is read-only to a service by its unit, whoever owns it (systemd.exec(5)).
  fileprivate static let confined = """
    ProtectSystem=strict in the unit makes every folder read-only but /var/lib/crm-replica: let \
    "database" name a file there, or name its folder in ReadWritePaths= of the unit. \

    """
}

extension ReplicaFileError {
  /// What of the user's may be at fault: a trigger runs with each statement that writes its table.
  fileprivate var culprits: String {
    let table = cause.writtenTable ?? ""
    let triggers = (try? Ownership.triggers(on: table, path: path)) ?? []
    guard !triggers.isEmpty else {
      return "See what was changed by hand in that table, or in what belongs to it."
    }
    let names = triggers.map { $0.onOneLine() }.joined(separator: ", ")
    return triggers.count == 1
      ? "The trigger \(names) on it is not the replica's and runs with it: mend it, or drop it."
      : "The triggers \(names) on it are not the replica's and run with it: mend or drop them."
  }
}
