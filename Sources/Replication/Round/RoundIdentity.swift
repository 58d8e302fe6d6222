internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// Whose account it is and as whom it is read: asked before a row is written.
extension Round {
  /// Compares what the source says with what the file holds.
  ///
  /// Another account ends the run with `AnotherAccount` and leaves the file as it was to the byte.
  /// A file that was never told whose it is may have it in the table of the answer. Another user
  /// of the same account may see more or less: every table is then read in full, and no digest is
  /// trusted. What cannot be known is not checked: the source may forbid a question, not know it,
  /// or answer oddly.
  func identify() throws {
    guard context.options.identifies else { return }
    let store = AccountStore(context.connection)
    let held = try store.held()
    var (account, user): (Identity?, Identity?)
    var witness: IdentityQuestion.Witness?
    var answers = 0
    let questions = context.source.identityQuestions(pageSize: context.options.pageSize)
    for question in questions {
      switch question.subject {
      case .account:
        account = try news(question, held.account, &answers)
        witness = question.witness
      case .user: user = try news(question, held.user, &answers)
      }
      guard ending == nil else { return }
    }
    if !isAnswered, let failure = unanswered { ending = (.unavailable, failure.sentence) }
    guard ending == nil else { return }
    isIdentified = answers == questions.count
    if user != nil, !held.account.isNull, !isAccountRead {
      // Another user of another account, perhaps: nothing is written before that is known.
      ending = (
        .unavailable,
        "Another user reads, and the source does not say now whose account it is. The next run "
          + "asks again; nothing was written."
      )
      return
    }
    if let account {
      let names = try witness.flatMap { try store.names(in: $0) }
      let foreign = names.flatMap { $0.contains(account.name?.lowercased() ?? "") ? nil : $0 }
      if let holder = held.account.text ?? foreign?.sorted().joined(separator: ", ") {
        throw AnotherAccount(
          path: context.connection.path, held: holder, found: account.id,
          witness: foreign == nil ? nil : witness?.table, secret: context.source.secret)
      }
    }
    guard account != nil || user != nil else { return }
    try arrangeFile()
    try context.connection.transaction {
      if user != nil, !held.user.isNull { try readEverything() }
      try store.note(account: account, user: user, at: context.now)
    }
    if let user, let former = held.user.text { observe(.anotherUser(user, former: former)) }
  }

  /// Has every table of the file read in full, those too that are not replicated at present.
  private func readEverything() throws {
    let stored = try context.connection.rows(
      """
      SELECT "table_name" FROM "_cursors"
        WHERE "table_name" IN (SELECT name FROM sqlite_schema WHERE type = 'table')
      """
    ).compactMap(\.[0].text)
    for name in Set(stored).union(context.tables.keys).sorted() {
      try context.cursors.readEverything(name)
    }
  }

  // MARK: Asking

  /// The answer to a question if it is not what the file holds, or nil.
  ///
  /// It is asked for once more, and counts only if it is given twice: a single reply that was
  /// spoilt on its way would otherwise bind the file to an account that does not exist, or have all
  /// of it read again.
  private func news(
    _ question: IdentityQuestion, _ held: Value, _ answers: inout Int
  ) throws -> Identity? {
    guard let first = try answer(to: question, mayShare: true) else { return nil }
    answers += 1
    guard .text(first.id) != held,
      let second = try answer(to: question, mayShare: false),
      second.id.utf8.elementsEqual(first.id.utf8)
    else { return nil }
    return second
  }

  /// What a question is answered, or nil. What cannot be read may be the page of a proxy in
  /// trouble, and is asked for once more. One answer may serve two questions.
  private func answer(to question: IdentityQuestion, mayShare: Bool) throws -> Identity? {
    for attempt in 1...2 {
      let request = question.request
      let known =
        context.source.known(request) ?? (mayShare && attempt == 1 ? replies[request] : nil)
      guard let response = try known ?? reply(to: request) else { return nil }
      if known == nil { replies[request] = response }
      guard response.status == 200 else { return nil }
      if let identity = question.read(response.body) {
        if question.subject == .account { isAccountRead = true }
        return identity
      }
    }
    return nil
  }

  /// The reply to a request that leaves alone, as the allowance lets it, or nil when the run ends
  /// or there is none.
  private func reply(to request: Request) throws -> Response? {
    var attempts = 0
    while ending == nil {
      guard try mayLeave(), let result = try exchange(request) else { continue }
      let reply = try judge(result, of: request)
      switch reply.verdict {
      case .accept, .missing, .fail:
        isAnswered = true
        return try? result.get()
      case .wait, .pause: continue
      case .refuse: ending = (.refused, sentence(on: result, request, reply.message))
      case .suspend: ending = (.unavailable, sentence(on: result, request, reply.message))
      case .retry(let kind):
        attempts += 1
        let failure = failure(kind, request, reply.message)
        // Where one question got no answer, the next is asked once: the source may be down.
        guard unanswered == nil,
          let delay = context.options.retry.delay(after: attempts, using: &generator)
        else {
          if failure.isUnavailability { unanswered = failure }
          endIfAlone(result, failure)
          return nil
        }
        observe(.retrying(table: AccountStore.table, failure, after: delay))
        readyAt = context.clock.elapsed() + delay
      }
    }
    return nil
  }

  /// Whether the next request may leave now; waits until something has happened if not.
  func mayLeave() throws -> Bool {
    let now = context.clock.elapsed()
    if case .now = pacer.permission(at: now, outstanding: transport.outstanding),
      readyAt.map({ $0 <= now }) ?? true
    {
      readyAt = nil
      return !endIfSpent()
    }
    if case .interrupted = try nextEvent() { ending = (.stopped, nil) }
    return false
  }

  /// Makes a request and waits for what comes of it; nil when the run ends.
  func exchange(_ request: Request) throws -> Result<Response, HTTPError>? {
    let id = nextID
    leave(request, at: context.clock.elapsed())
    while ending == nil {
      switch try nextEvent() {
      case .timeout: continue
      case .interrupted: ending = (.stopped, nil)
      case .finished(let exchange): if exchange.id == id { return exchange.result }
      }
    }
    return nil
  }
}
