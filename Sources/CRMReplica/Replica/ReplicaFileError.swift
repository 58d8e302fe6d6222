internal import SQLite

/// An error of SQLite together with the file that it is about, which SQLite does not name.
struct ReplicaFileError: Error {
  let path: String
  let cause: SQLiteError
}

/// Does the work, and names the file in an error of SQLite that comes out of it.
func naming<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
  do {
    return try work()
  } catch let error as SQLiteError {
    throw ReplicaFileError(path: path, cause: error)
  }
}
