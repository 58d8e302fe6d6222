/// The three resources that have tags, fields, tracks, entries, filters and a deleted feed.
package enum Entity: String, CaseIterable, Sendable {
  case parties
  case opportunities
  case kases

  /// The word an error message uses: `party not found`.
  var singular: String {
    switch self {
    case .parties: "party"
    case .opportunities: "opportunity"
    case .kases: "kase"
    }
  }
}

/// What parties, opportunities and cases share. Times are seconds since 1970.
struct Common {
  let id: Int64
  var createdAt: Int64
  var updatedAt: Int64
  var lastContactedAt: Int64?
  var owner: Int64?
  var team: Int64?
  var tags: [Int64] = []
  var fields: [FieldValue] = []
  /// When access was withdrawn from the token's user; nil while the record is visible.
  var restrictedAt: Int64?
  /// When it was so before: a feed may go on to name it.
  var restrictedBefore: Int64?
  /// Whether the token's user cannot see the record and no feed says so.
  var isHidden = false

  /// Whether the token's user can see the record.
  var isVisible: Bool { restrictedAt == nil && !isHidden }
}

/// One row of a record's `fields`.
struct FieldValue {
  let id: Int64
  let definition: Int64
  var content: Content

  /// The value by the definition's type. A boolean row is always true: false removes the row.
  enum Content {
    case text(String)
    case number(Int64)
    case yes
    case choices([String])
  }
}

/// A record of one of the three entities.
protocol Shared: Listed {
  var common: Common { get set }
}

extension Shared {
  var id: Int64 { common.id }
  var updatedAt: Int64 { common.updatedAt }
}

/// A person or an organisation.
struct Party: Shared {
  var common: Common
  var isPerson: Bool
  /// Organisations only.
  var name = ""
  var firstName: String?
  var lastName: String?
  var title: String?
  var jobTitle: String?
  var organisation: Int64?
  var about: String?
  var addresses: [Address] = []
  var phoneNumbers: [Contact] = []
  var websites: [Website] = []
  var emailAddresses: [Contact] = []

  var sortName: String {
    isPerson ? "\(firstName ?? "") \(lastName ?? "")" : name
  }
}

struct Address {
  let id: Int64
  var type: String?
  var street: String?
  var city: String?
  var state: String?
  var country: String?
  var zip: String?
}

/// A phone number or an e-mail address.
struct Contact {
  let id: Int64
  var type: String?
  var value: String
}

struct Website {
  let id: Int64
  var type: String?
  var service: String
  var address: String
  var url: String?
}

/// A deal. Dates are days since 1970, the amount is in hundredths.
struct Opportunity: Shared {
  var common: Common
  var name: String
  var description: String?
  var party: Int64
  var milestone: Int64
  var lastOpenMilestone: Int64?
  var lostReason: Int64?
  var amount: Int64?
  var currency: String?
  var expectedCloseOn: Int64?
  var probability: Int64?
  var durationBasis = "FIXED"
  var duration: Int64?
  var closedOn: Int64?
  var lastStageChangedAt: Int64?
  var additionalParties: [Int64] = []

  var sortName: String { name }
}

/// A case, which the product calls a project. Dates are days since 1970.
struct Kase: Shared {
  var common: Common
  var name: String
  var description: String?
  var party: Int64
  var isClosed = false
  var opportunity: Int64?
  var stage: Int64?
  var expectedCloseOn: Int64?
  var startOn: Int64?
  var closedOn: Int64?
  var additionalParties: [Int64] = []

  var sortName: String { name }
}

/// What a task, an entry or a track belongs to.
struct Parent: Hashable {
  let entity: Entity
  let id: Int64
}
