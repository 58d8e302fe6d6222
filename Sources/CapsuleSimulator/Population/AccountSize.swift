/// How many records a new account holds.
package struct AccountSize: Sendable, Hashable {
  /// People and organisations, one organisation in four.
  package var parties: Int
  /// Deals, spread over two years.
  package var opportunities: Int
  /// Cases, which the product calls projects.
  package var cases: Int
  /// Besides those that tracks bring with them.
  package var tasks: Int
  /// Notes, e-mails and completed tasks.
  package var entries: Int
  /// The first is the current one; the last is removed when there are at least three.
  package var users: Int
  /// Teams, each with about half of the users.
  package var teams: Int
  /// The first one is archived when there are at least three.
  package var pipelines: Int
  /// The first one is archived when there are at least two.
  package var boards: Int
  /// Reasons for which deals are lost.
  package var lostReasons: Int
  /// Tag definitions of each entity; every fourth is a data tag.
  package var tags: Int
  /// Custom field definitions of each entity.
  package var fields: Int
  package var trackDefinitions: Int
  /// Tracks applied to records.
  package var tracks: Int
  /// Links between an opportunity or a case and a party besides its own.
  package var additionalParties: Int
  /// Custom titles of people.
  package var titles: Int
  /// Goals of users.
  package var goals: Int
  /// Subscriptions to events.
  package var restHooks: Int

  /// A middling company, for people to look at.
  package static let demo = AccountSize(
    parties: 2_000, opportunities: 800, cases: 300, tasks: 1_500, entries: 3_000, users: 9,
    teams: 4, pipelines: 4, boards: 3, lostReasons: 6, tags: 9, fields: 9, trackDefinitions: 4,
    tracks: 60, additionalParties: 240, titles: 4, goals: 5, restHooks: 3)

  /// Something of everything: for property tests, made in well under a millisecond.
  package static let small = AccountSize(
    parties: 25, opportunities: 12, cases: 8, tasks: 14, entries: 20, users: 4, teams: 2,
    pipelines: 3, boards: 2, lostReasons: 3, tags: 4, fields: 7, trackDefinitions: 2, tracks: 4,
    additionalParties: 6, titles: 2, goals: 2, restHooks: 2)

  /// A handful of records.
  package static let tiny = AccountSize(
    parties: 5, opportunities: 3, cases: 2, tasks: 3, entries: 4, users: 2, teams: 1,
    pipelines: 2, boards: 1, lostReasons: 1, tags: 2, fields: 2, trackDefinitions: 1, tracks: 1,
    additionalParties: 1, titles: 1, goals: 1, restHooks: 1)

  /// `.demo` with another number of parties and everything else in proportion.
  package static func scaled(parties: Int) -> AccountSize {
    var size = AccountSize.demo
    size.parties = parties
    size.opportunities = parties * 2 / 5
    size.cases = parties * 3 / 20
    size.tasks = parties * 3 / 4
    size.entries = parties * 3 / 2
    size.tracks = parties * 3 / 100
    size.additionalParties = parties * 3 / 25
    return size
  }
}
