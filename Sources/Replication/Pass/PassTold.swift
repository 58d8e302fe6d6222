internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass reads what has changed from a feed of the source's, where there is one that tells of
/// deletions too.
///
/// A deletion that it tells is no proof: the row is asked for by its id, beside another one that
/// lives. And what the feed does not answer, the list is asked for in the same pass, and for some
/// days to come.
extension Pass {
  var told: Told { Told(table, context.connection) }

  /// Where the feed begins, for a pass that asks for what has changed; nil where it asks the list.
  ///
  /// The feed is asked by the source's clock, whatever zone the stamps are in. Only where that may
  /// be one that is put back, an hour comes twice, and it is asked an hour further back.
  func feedPosition(_ plan: PassPlan) throws -> Position? {
    guard plan.kind == .changes, plan.resumed == nil, table.followsStamps, table.hasCensus,
      let last = cursor.lastRunDate
    else { return nil }
    let since = last + -(context.options.lookback + StampLag.feedReach(cursor))
    guard let position = context.source.feedPosition(since: since, in: table.listings[0]),
      try !Unfed(table, context.connection).isKnown(at: context.now)
    else { return nil }
    return position
  }

  /// The feed, or the records that it has named, cannot be had: the list is asked from here on.
  /// Returns whether it was the feed that was asked.
  func leavesFeed(at address: PageAddress, _ failure: TableFailure) throws -> Bool {
    guard case .list(let machine) = work, machine.stage == .list,
      let position = position(of: address, address.page), context.source.isOfFeed(position)
    else { return false }
    // Nobody answers the list then, either.
    if case .unreachable = failure.kind { return false }
    if !failure.mayPass { try Unfed(table, context.connection).note(at: context.now) }
    unfed = failure
    try beginListAnew()
    return true
  }

  /// What is said of a pass that had to leave the feed.
  static func sentence(onUnfed failure: TableFailure) -> String {
    "\(failure.sentence) What has changed is asked for by its time instead."
  }

  /// Questions for the rows that were told deleted and have not answered for themselves.
  func toldRecords() throws -> [Scan] {
    guard table.followsStamps, table.hasCensus else { return [] }
    let ids = try told.first(PassContext.conflictsLimit * max(1, context.source.recordsPerRequest))
    return ids.isEmpty ? [] : try besideControl(ids.map { [.integer($0)] })
  }
}
