package import Model
package import ReplicaFile
package import SQLite

/// One row in which the replica and the account differ.
package struct Difference: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    /// The account has the row; the replica lacks it, or shows it as gone.
    case missing
    /// The replica shows the row as living; the account does not have it.
    case extra
    /// Values or lists differ.
    case differing
  }

  /// The row's key as in `_history`.
  package let key: Value
  package let kind: Kind
  /// The columns and lists that differ; empty unless `differing`.
  package let columns: [String]
  /// Whether the account says that it happened after the last sync: the next one will bring it.
  package let isUnsynced: Bool
}

/// The findings of a verification in one table.
package struct VerifiedTable: Sendable {
  package let table: String
  /// Records of the account that were compared.
  package var compared = 0
  /// How many rows the account counts, where it does.
  package var counted: Int?
  package var missing = 0
  package var extra = 0
  package var differing = 0
  /// Rows that differ because of edits made while it ran; they are no differences.
  package var pending = 0
  /// Differences of which the account says that they happened after the last sync.
  package var unsynced = 0
  package var requests = 0
  /// For a table that costs a request for each parent: parents whose rows were compared, and all.
  package var parentsCompared: Int?
  package var parents: Int?
  /// Why it was not compared to its end, or nil when it was.
  package var error: String?

  package init(table: String) {
    self.table = table
  }

  package var differences: Int { missing + extra + differing }
}

/// The findings of a verification.
package struct VerificationReport: Sendable {
  package enum Outcome: String, Sendable, Hashable {
    case equal
    case different
    /// Nothing differs so far, but not every table was compared to its end.
    case unfinished
  }

  /// This host's clock at the beginning and at the end.
  package let startedAt: Timestamp
  package var finishedAt: Timestamp
  /// The source's clock when the replica was copied: what is later was edited meanwhile. Nil when
  /// the source did not say.
  package var asOf: Timestamp?
  /// How the reading of the account ended.
  package var ending: RunSummary.Outcome
  package var requests: Int
  package var tables: [VerifiedTable]
  /// Why it ended before its end, or nil.
  package var error: String?

  package var outcome: Outcome {
    if tables.contains(where: { $0.differences > 0 }) { return .different }
    let isWhole = ending == .good && tables.allSatisfy { $0.error == nil }
    return isWhole ? .equal : .unfinished
  }
}
