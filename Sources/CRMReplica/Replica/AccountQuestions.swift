internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// What is asked of an account before a round: who reads and, when that is due, which tables there
/// are. Of an account whose kind declares them, nothing.
struct AccountQuestions {
  /// The settings with what the account said.
  let settings: ReplicaSettings
  let news: AccountNews
  /// The round that asked, for another one to follow; nil where nothing was asked.
  let round: Round?
  /// How the run has ended, where nothing can be read.
  let ending: RunSummary?

  /// Asks as a round does, in a file that keeps what is learned of the allowance. `onlyUser` asks
  /// nothing but who reads, unless that is another one than before.
  static func ask(
    _ settings: ReplicaSettings, in connection: Connection, _ transport: any Transport,
    clock: any Clock = SystemClock(), _ options: RoundOptions? = nil, onlyUser: Bool = false,
    observe: @escaping (RunEvent) -> Void = { _ in }
  ) throws -> AccountQuestions {
    let (configuration, options) = (settings.configuration, options ?? settings.options())
    let isWhole =
      options.full && options.selection.map { !$0.isDisjoint(with: KnownAccount.ownTables) } ?? true
    guard
      var interview = settings.known.interview(
        configuration.source.kind, at: configuration.source.address,
        isWhole: onlyUser ? nil : isWhole,
        disabled: Set(configuration.tables.filter { !$0.value.isEnabled }.keys), now: clock.now())
    else {
      return AccountQuestions(settings: settings, news: AccountNews(), round: nil, ending: nil)
    }
    let round = try Round(
      connection, source: settings.source, tables: [], transport: transport, clock: clock,
      options: options, observe: observe)
    try round.hold(&interview)
    if round.isOver {
      return AccountQuestions(
        settings: settings, news: AccountNews(), round: round, ending: try round.run())
    }
    var known = settings.known
    let news = known.take(interview, at: clock.now())
    return AccountQuestions(
      settings: ReplicaSettings(settings.configuration, known), news: news, round: round,
      ending: nil)
  }
}
