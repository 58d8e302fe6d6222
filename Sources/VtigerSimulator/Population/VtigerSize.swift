/// How many records an account begins with.
package struct VtigerSize: Sendable, Hashable {
  /// Users beside the one whose requests are answered; each second one more makes a group.
  package var users = 5
  /// Records by module.
  package var records: [String: Int]
  /// Lines of a document, at most.
  package var mostLines = 4

  package init(users: Int = 5, records: [String: Int], mostLines: Int = 4) {
    self.users = users
    self.records = records
    self.mostLines = mostLines
  }

  /// A few of everything: more than a page of contacts.
  package static let small = VtigerSize(records: [
    "Vendors": 4, "Accounts": 40, "Contacts": 130, "Leads": 20, "Products": 15, "Services": 5,
    "Potentials": 45, "HelpDesk": 30, "Quotes": 12, "SalesOrder": 10, "PurchaseOrder": 8,
    "Invoice": 40, "Calendar": 30, "Events": 60, "ModComments": 40, "Emails": 10,
    "Documents": 10, "PBXManager": 8, "Project": 6, "ProjectTask": 12, "Workshops": 5,
  ])

  /// Nothing but users and settings.
  package static let empty = VtigerSize(records: [:])

  /// So many contacts, and the others in proportion.
  package static func contacts(_ count: Int) -> VtigerSize {
    VtigerSize(
      users: 12,
      records: small.records.mapValues { max(1, $0 * count / 130) }
        .merging(["Contacts": count]) { $1 })
  }
}
