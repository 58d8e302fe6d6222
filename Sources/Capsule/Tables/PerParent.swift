package import Model

/// Lists that exist only for one record at a time.
extension Table {
  /// Parties of an opportunity beyond its primary one. Source: "List additional parties".
  package static let opportunityParties = Table(
    "opportunity_parties", .perParent,
    from: [
      Listing(
        "opportunities/{id}/parties", "parties",
        parent: Listing.Parent("opportunities", as: "opportunity_id"))
    ],
    columns: [
      .listing("opportunity_id", or: .key).naming("opportunities"),
      .integer("party_id", at: "id", or: .key).naming("parties"),
    ],
    link: Listing.Parent("parties", as: "party_id"))

  /// Parties of a case beyond its primary one. Source: "List additional parties".
  package static let caseParties = Table(
    "case_parties", .perParent,
    from: [
      Listing(
        "kases/{id}/parties", "parties", parent: Listing.Parent("cases", as: "case_id"))
    ],
    columns: [
      .listing("case_id", or: .key).naming("cases"),
      .integer("party_id", at: "id", or: .key).naming("parties"),
    ],
    link: Listing.Parent("parties", as: "party_id"))

  /// Track instances. Source: "List tracks", "Track model". The definition is seen under two keys.
  package static let tracks = Table(
    "tracks", .perParent,
    from: [
      Listing(
        "opportunities/{id}/tracks", "tracks", embed: ["task", "tasks"],
        parent: Listing.Parent("opportunities", as: "opportunity_id")),
      Listing(
        "kases/{id}/tracks", "tracks", embed: ["task", "tasks"],
        parent: Listing.Parent("cases", as: "case_id")),
      Listing(
        "parties/{id}/tracks", "tracks", embed: ["task", "tasks"],
        parent: Listing.Parent("parties", as: "party_id")),
    ],
    columns: [
      .integer("id", or: .key),
      .text("description"),
      .date("track_date_on"),
      .text("direction"),
      .reference("definition_id", to: "track_definitions", otherKey: "trackDefinition"),
      .reference("opportunity_id", to: "opportunities", or: .indexed),
      .reference("case_id", to: "cases", at: "kase", or: .indexed),
      .reference("party_id", to: "parties", or: .indexed),
    ],
    children: [
      Child(
        "track_tasks", at: "tasks", of: "track_id", elements: .references("task_id", to: "tasks"),
        isEmbedded: true)
    ])
}
