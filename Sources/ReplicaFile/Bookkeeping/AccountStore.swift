package import Model
package import SQLite

/// Keeps in `_account` whose replica the file is, and as which user it was read last.
package struct AccountStore {
  /// The table, and what stands for it where tables are named.
  package static let table = "_account"

  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// What the file knows; null where nobody has said it yet.
  package func held() throws -> (account: Value, user: Value, userName: Value) {
    guard try has(Self.table, ["account"]) else { return (.null, .null, .null) }
    let row = try connection.rows(
      "SELECT \"account\", \"user_id\", \"user_name\" FROM \"_account\""
    ).first
    return (row?[0] ?? .null, row?[1] ?? .null, row?[2] ?? .null)
  }

  /// The names of the account in a table of records, in small letters; nil where there is none.
  package func names(in witness: IdentityQuestion.Witness) throws -> Set<String>? {
    guard try has(witness.table, [witness.column, "_deleted_at"]) else { return nil }
    let rows = try connection.rows(
      """
      SELECT \(quoted(witness.column)) FROM \(quoted(witness.table)) WHERE "_deleted_at" IS NULL
      """)
    let names = Set(rows.compactMap { $0[0].text?.lowercased() })
    return names.isEmpty ? nil : names
  }

  private func has(_ table: String, _ columns: Set<String>) throws -> Bool {
    let rows = try connection.rows("SELECT name FROM pragma_table_info(?)", [.text(table)])
    return columns.isSubset(of: rows.compactMap(\.[0].text))
  }

  /// Notes what the source says; nil leaves what is there.
  package func note(account: Identity?, user: Identity?, at now: Timestamp) throws {
    try connection.run(
      "INSERT INTO \"_account\" (\"id\", \"seen_at\") VALUES (1, ?) ON CONFLICT DO NOTHING",
      [.text(now.sql)])
    try connection.run(
      """
      UPDATE "_account"
        SET "account" = coalesce(?1, "account"), "user_id" = coalesce(?2, "user_id"),
          "user_name" = CASE WHEN ?2 IS NULL THEN "user_name" ELSE ?3 END, "seen_at" = ?4
      """, [Value(account?.id), Value(user?.id), Value(user?.name), .text(now.sql)])
  }
}

/// The file is the replica of another account than the one that the source shows.
package struct AnotherAccount: Error, Sendable, Hashable {
  package let path: String
  /// The account that the file holds.
  package let held: String
  /// The account that the token opens.
  package let found: String
  /// The table of records that says it, where the file holds nothing else of it.
  package let witness: String?
  /// What lets requests in, as people call it.
  package let secret: String

  package init(
    path: String, held: String, found: String, witness: String? = nil, secret: String = "token"
  ) {
    (self.path, self.held, self.found, self.witness) = (path, held, found, witness)
    self.secret = secret
  }

  /// What makes the file forget whose it is, for who knows that it is the same account.
  package var forgetting: String {
    ([AccountStore.table] + [witness].compactMap(\.self)).map { "DELETE FROM \($0)" }
      .joined(separator: "; ")
  }
}
