package import Model
internal import HTTP
internal import ReplicaFile

/// What has to be asked before it is known which tables there are.
extension Round {
  /// Asks one question after another, as the allowance lets it, and ends the run where nothing can
  /// be read. Nothing of the answers is written: another round of their tables follows this one.
  package func hold(_ interview: inout some Interview) throws {
    try recallAllowances()
    var attempts: [Request: Int] = [:]
    while ending == nil, let request = interview.next {
      guard try mayLeave(), let result = try exchange(request) else { continue }
      let reply = try judge(result, of: request)
      var verdict = reply.verdict
      if case .success(let response) = result {
        switch verdict {
        case .accept, .missing, .fail: verdict = interview.take(response, to: request)
        case .wait, .pause, .retry, .refuse, .suspend: break
        }
      }
      switch verdict {
      case .wait, .pause: continue
      case .refuse: ending = (.refused, sentence(on: result, request, reply.message))
      case .suspend: ending = (.unavailable, sentence(on: result, request, reply.message))
      case .accept, .missing: attempts[request] = nil
      case .fail(let kind):
        if case .failure = result {
          interview.giveUp(request, failure(kind, request, reply.message))
        }
      case .retry(let kind):
        attempts[request, default: 0] += 1
        let failure = failure(kind, request, reply.message)
        guard
          let delay = context.options.retry.delay(after: attempts[request] ?? 1, using: &generator)
        else {
          endIfAlone(result, failure)
          if ending == nil { interview.giveUp(request, failure) }
          continue
        }
        observe(.retrying(table: AccountStore.table, failure, after: delay))
        readyAt = context.clock.elapsed() + delay
      }
    }
    if ending == nil, let obstacle = interview.obstacle {
      ending = (obstacle.isRefusal ? .refused : .unavailable, obstacle.sentence)
    }
  }

  /// Whether the run is over before its passes have begun.
  package var isOver: Bool { ending != nil }

  /// Goes on where another round has ended: what it asked and learned belongs to this run.
  package func follow(_ former: Round) {
    (requests, waited, nextID) = (former.requests, former.waited, former.nextID)
    (isTokenGood, replyDates, lastDate) = (former.isTokenGood, former.replyDates, former.lastDate)
    (pacer, hasRecalled) = (former.pacer, true)
    context.sourceClock = former.context.sourceClock
  }
}
