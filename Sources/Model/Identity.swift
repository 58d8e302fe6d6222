package import HTTP

/// An account, or the user as whom it is read, as the source names them.
package struct Identity: Sendable, Hashable {
  /// What tells it from any other.
  package let id: String
  /// What people call it, or nil.
  package let name: String?

  package init(id: String, name: String? = nil) {
    (self.id, self.name) = (id, name)
  }
}

/// A question to the source whose answer says whose account it is, or as whom it is read.
package struct IdentityQuestion: Sendable {
  package enum Subject: Sendable, Hashable { case account, user }

  /// The column of a table of records that holds the account's name too: files that were made
  /// before the account was kept in them know it from there.
  package struct Witness: Sendable, Hashable {
    package let table: String
    package let column: String

    package init(_ table: String, _ column: String) {
      (self.table, self.column) = (table, column)
    }
  }

  package let subject: Subject
  package let witness: Witness?
  package let request: Request
  /// What the body of an answer says, or nil when it cannot be read.
  package let read: @Sendable ([UInt8]) -> Identity?

  package init(
    _ subject: Subject, _ request: Request, witness: Witness? = nil,
    read: @escaping @Sendable ([UInt8]) -> Identity?
  ) {
    (self.subject, self.request, self.witness, self.read) = (subject, request, witness, read)
  }
}
