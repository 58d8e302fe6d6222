/// A pipeline of the account, the milestones at which deals are won and lost last.
struct Pipeline {
  struct Milestone {
    let name: String
    let probability: Int
    /// Days; nil for those at which a deal is closed.
    var stale: Int?
  }

  let index: Int
  let name: String
  /// Whether no deal begins in it any more.
  var isArchived = false
  let milestones: [Milestone]

  var id: Int { 50 + index }
  var won: Int { milestones.count - 2 }
  var lost: Int { milestones.count - 1 }

  func milestoneID(_ place: Int) -> Int { 500 + 10 * index + place }

  private init(_ index: Int, _ name: String, isArchived: Bool = false, _ open: [Milestone]) {
    (self.index, self.name, self.isArchived) = (index, name, isArchived)
    milestones =
      open + [Milestone(name: "Won", probability: 100), Milestone(name: "Lost", probability: 0)]
  }

  static let all = [
    Pipeline(
      0, "Sales",
      [
        Milestone(name: "Lead", probability: 10, stale: 21),
        Milestone(name: "Qualified", probability: 30, stale: 30),
        Milestone(name: "Proposal", probability: 60, stale: 45),
        Milestone(name: "Negotiation", probability: 80, stale: 30),
      ]),
    Pipeline(
      1, "Renewals",
      [
        Milestone(name: "Due", probability: 40, stale: 60),
        Milestone(name: "Offered", probability: 60, stale: 30),
        Milestone(name: "Agreed", probability: 90, stale: 30),
      ]),
    Pipeline(
      2, "Tenders", isArchived: true,
      [
        Milestone(name: "Registered", probability: 20, stale: 90),
        Milestone(name: "Submitted", probability: 50, stale: 90),
      ]),
  ]
}
