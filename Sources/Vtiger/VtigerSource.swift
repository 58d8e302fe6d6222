package import HTTP
package import Model

/// Vtiger CRM as a source, in both of its forms: the tables that an account was found to have, and
/// the shape of requests and replies.
package struct VtigerSource: Source {
  package let tables: [Table]
  package var views: [View] { Self.allViews + versions }
  package let workingViews: [View] = Self.workingViews
  /// No more rows come in one answer.
  package let recordsPerRequest = Int(Walk.width)
  /// Nothing counts its rows: the body that the engine reads is made here, and has no such member.
  package let totalMembers = (outer: "", inner: "")
  package let allowanceRules: [AllowanceRule]
  package let secret = "access key"

  let base: BaseURL
  let form: VtigerForm
  let catalogue: VtigerCatalogue
  let user: VtigerUser?
  /// Whether the user was asked for already, so that nobody has to ask again.
  let isIntroduced: Bool
  let zone: ServerZone
  /// Whether the account has shown that its feed tells of everybody's changes.
  let isFed: Bool
  /// The greatest id that is known of any module.
  private(set) var greatestID: Int64
  let replies: VtigerReplies
  let queries: [String: VTQL]
  private let records: [String: RecordForm]
  /// How a document is to be rewritten that came alone: it then tells of one of its lines, too,
  /// which its list cannot.
  private let aloneRecords: [String: RecordForm]
  /// The same of an answer of which only that counts which no query tells.
  private let asideRecords: [String: RecordForm]
  /// How the lines of documents are to be rewritten, where they are asked for apart.
  let lineForm: RecordForm?

  /// `user` is as whom the account is read, where it is known. It says too whether that is an
  /// administrator: for others, activities are read by windows of ids. `isFed` says that changes
  /// may be read from the account's feed.
  package init(
    base: BaseURL, form: VtigerForm, catalogue: VtigerCatalogue, user: VtigerUser? = nil,
    isIntroduced: Bool = false, zone: ServerZone = .utc, isFed: Bool = false,
    greatestID: Int64 = 0
  ) {
    self.isFed = isFed && user?.isAdministrator ?? false
    self.isIntroduced = user != nil && isIntroduced
    (self.base, self.form, self.catalogue) = (base, form, catalogue)
    (self.user, self.zone, self.greatestID) = (user, zone, greatestID)
    tables = catalogue.tables(isAdministrator: user?.isAdministrator ?? false)
    // A server of one's own counts nothing.
    allowanceRules = form == .rest ? [VtigerReplies.minute, VtigerReplies.day] : []
    replies = VtigerReplies(form: form)
    let modules = catalogue.modules
    queries = Dictionary(
      modules.map { ($0.name, VTQL($0, in: catalogue)) }, uniquingKeysWith: { first, _ in first })
    lineForm = catalogue.lineForm
    let records = Dictionary(
      modules.map { ($0.name, catalogue.form(of: $0)) }, uniquingKeysWith: { first, _ in first })
    self.records = records
    asideRecords = modules.reduce(into: [:]) { forms, module in
      if !module.asides.isEmpty { forms[module.name] = catalogue.asideForm(of: module) }
    }
    let documents = catalogue.documents
    aloneRecords = catalogue.modules.reduce(into: [:]) { alone, module in
      guard module.isDocument || documents.contains(module.name), var form = records[module.name]
      else { return }
      var unasked = VTQL.unasked(of: module, in: catalogue).union([RecordForm.sumsKey])
      // Who is shown no lines is not told of those of a document that comes alone either.
      if !documents.contains(module.name) { unasked.insert("LineItems") }
      for field in unasked { form.add(field, .dropped) }
      alone[module.name] = form
    }
  }

  package func knowing(greatestKey: Int64) -> VtigerSource {
    var source = self
    source.greatestID = max(greatestID, greatestKey)
    return source
  }

  private func isWindowed(_ module: VtigerCatalogue.Module) -> Bool {
    module.isFiltered && !(user?.isAdministrator ?? false)
  }

  // MARK: Requests

  package func request(for listing: Listing, _ question: Question) -> Request {
    guard let vtql = queries[listing.path] else { return Self.stored(listing.path) }
    if case .page(let position, _) = question.subject, let walk = Walk(position),
      let request = request(apart: walk, vtql, note: position.text)
    {
      return request
    }
    switch question.subject {
    case .records(let ids): return query(vtql.records(ids))
    case .record(let id): return form.retrieve(id, of: vtql.module)
    case .aside(let id): return form.retrieve(id, of: vtql.module, note: Self.aside)
    case .keys(let position, _) where !isWindowed(vtql.module):
      guard case .behind(let last)? = Walk(position) else {
        preconditionFailure("ids are listed behind an id")
      }
      return query(vtql.census(behind: last))
    case .page(let position, let size), .keys(let position, let size):
      var walk = Walk(position) ?? .behind(0)
      if case .behind(let last) = walk, question.since == nil, isWindowed(vtql.module) {
        walk = .window(last, emptySince: last)
      }
      return query(
        vtql.page(walk, size: Int64(size), since: question.since.map(zone.stamp(since:))))
    }
  }

  package func countRequest(for listing: Listing, in keys: KeyRange?) -> Request? {
    // Records that are folded in a list may be counted each.
    guard let vtql = queries[listing.path], countsRows, !vtql.module.isFiltered else { return nil }
    return query(vtql.count(in: keys), note: Self.count)
  }

  /// Stands beside a request for a count, and beside one for what no query tells.
  private static let (count, aside) = ("count", "aside")

  /// Whether the server may count records: releases from 8.3 on do not.
  private var countsRows: Bool {
    let numbers = (user?.release ?? "").split(separator: ".").compactMap { Int($0) }
    guard let major = numbers.first else { return true }
    return major < 8 || major == 8 && numbers.dropFirst().first ?? 0 < 3
  }

  /// What a count says; nothing where the server does not count.
  func counted(_ response: Response, to request: Request) -> Reply {
    var reply = replies.reply(response, to: request)
    switch reply.verdict {
    case .accept:
      let rows: [Counted]? = Descriptions.result(in: response.body)
      reply.count = rows?.first.flatMap { Int($0.count.text) }
    case .fail, .missing: reply.verdict = .accept
    case .wait, .pause, .retry, .refuse, .suspend: break
    }
    return reply
  }

  private struct Counted: Decodable {
    let count: Spelling
  }

  private func query(_ text: String, note: String? = nil) -> Request {
    form.request("query", [("query", text)], note: note)
  }

  /// The request for what is no page of a list, but belongs to one.
  private func request(apart walk: Walk, _ vtql: VTQL, note: String) -> Request? {
    switch walk {
    case .known, .told: query(vtql.page(walk, size: Walk.width, since: nil), note: note)
    case .feed(let second): form.changes(of: vtql.module.name, since: second, note: note)
    case .lines(let ids, _): query(VTQL.lines(of: ids, vtql.module), note: note)
    case .linesBeside(let owner, let ids, _):
      query(VTQL.lines(of: ids, vtql.module, beside: owner), note: note)
    case .lineCount(let ids, _): query(VTQL.lineCount(of: ids, vtql.module), note: note)
    case .anyLine: query(VTQL.anyLine, note: note)
    case .documents(let ids, _): form.retrieve(ids.first ?? 0, of: vtql.module, note: note)
    case .behind, .behindChange, .behindKey, .window, .records: nil
    }
  }

  /// What the account has is no question to it: it was asked before there were tables.
  private static func stored(_ table: String) -> Request { Request("catalogue/\(table)") }

  package func known(_ request: Request) -> Response? {
    if isIntroduced, request == form.whoAmI { return user?.response }
    guard let table = Self.ownTable(request) else { return nil }
    return catalogue.records(of: table).map { Response(status: 200, body: $0) }
  }

  private static func ownTable(_ request: Request) -> String? {
    let path = "catalogue/"
    return request.target.hasPrefix(path) ? String(request.target.dropFirst(path.count)) : nil
  }

  package func position(ofPage number: Int, in listing: Listing) -> Position? {
    number == 1 ? Walk.start : nil
  }

  package func position(behindKey key: Int64, in listing: Listing) -> Position? {
    Walk.behind(max(0, key)).position
  }

  // MARK: Replies

  package func reply(_ response: Response, to request: Request) -> Reply {
    if Self.ownTable(request) != nil { return Reply(.accept, next: .end) }
    if request.note == Self.count { return counted(response, to: request) }
    let walk = request.note.flatMap { Walk(Position($0)) }
    if let walk, walk.isOfLines { return reply(response, to: request, walk) }
    if case .feed(let second)? = walk { return reply(response, to: request, since: second) }
    let (operation, parameters) = form.parts(of: request)
    if request.note == Self.aside {
      let form = operationModule(operation, parameters).flatMap { asideRecords[$0] }
      return aside(response, to: request, form ?? RecordForm(modules: [:]))
    }
    let asked = operation == "query" ? parameters["query"].flatMap(AskedQuery.init) : nil
    let module = asked?.module ?? operationModule(operation, parameters)
    var (reply, result) = replies.read(
      response, to: request,
      module.flatMap { (asked == nil ? aloneRecords[$0] : nil) ?? records[$0] }
        ?? RecordForm(modules: [:]), zone)
    guard reply.verdict == .accept, let result, result.hasResult, module != nil else {
      return reply
    }
    reply.body = result.body
    reply.unknownKeys = result.unknownKeys.map { String(decoding: $0, as: UTF8.self) }
    reply.next = .end
    guard let asked else { return reply }
    if case .window(let start, let since) = asked.kind {
      reply.body = Self.empty
      reply.next = next(behind: start, emptySince: since, ids: result.ids)
      return reply
    }
    if case .existing = asked.kind {
      reply.body = Self.empty
      if !result.ids.isEmpty { reply.next = .moreAt(Walk.known(result.ids.sorted()).position) }
      return reply
    }
    if case .shown(let ids) = asked.kind, result.ids.isDisjoint(with: ids) {
      // The same list has just shown them: an answer without any says nothing.
      return Reply(.retry(.hidden(ids.count)), date: reply.date, allowances: reply.allowances)
    }
    if case .told(let ids, let then)? = walk {
      reply.next = next(behindTold: ids, asked.module, result, then)
    } else {
      reply.next = next(asked, result, isKnown: request.note != nil)
    }
    if catalogue.documents.contains(asked.module), asked.isWhole, !result.ids.isEmpty {
      reply.next = Self.lines(of: result.ids.sorted(), then: reply.next)
    }
    return reply
  }

  private func aside(_ response: Response, to request: Request, _ form: RecordForm) -> Reply {
    var (reply, result) = replies.read(response, to: request, form, zone)
    (reply.stamp, reply.isStampAhead) = (nil, false)
    guard reply.verdict == .accept, let result, result.hasResult else { return reply }
    (reply.body, reply.content, reply.next) = (result.body, .asides, .end)
    return reply
  }

  func records(of module: String) -> RecordForm { records[module] ?? RecordForm(modules: [:]) }

  /// The module whose record is asked for by its id.
  func operationModule(_ operation: String, _ parameters: [String: String]) -> String? {
    guard operation == "retrieve", let prefix = parameters["id"]?.split(separator: "x").first else {
      return nil
    }
    return Int64(prefix).flatMap { catalogue.prefixes[$0] }
  }

  /// A page without records.
  static let empty =
    Array("{\"result\":[]}".utf8) + repeatElement(0, count: Response.padding)

  /// Where a list goes on. A short page ends it, but not one of rows that the server folds.
  private func next(
    _ asked: AskedQuery, _ result: RecordRewriter.Result, isKnown: Bool
  ) -> Reply.Next {
    let folds = catalogue[asked.module]?.isFiltered ?? false
    let isLast = folds ? result.sent == 0 : result.sent < asked.limit
    switch asked.kind {
    case .records, .existing: return .end
    case .window: return .unknown
    case .shown(let ids):
      let left = ids.filter { $0 > result.ids.max() ?? 0 }
      guard left.isEmpty else {
        return .moreAt((isKnown ? Walk.known(left) : .records(left)).position)
      }
      if isKnown { return .end }
      let start = ((ids.max() ?? 1) - 1) / Walk.width * Walk.width
      return window(behind: start)
    case .byID:
      if isLast { return .end }
      return result.ids.max().map { .moreAt(Walk.behind($0).position) } ?? .more
    case .byChange:
      if isLast { return .end }
      return result.last.map {
        .moreAt(Walk.behindChange(stamp: $0.stamp, $0.id).position)
      } ?? .more
    case .byKey(let key, let skipped):
      if isLast { return .end }
      if queries[asked.module]?.key.isEmpty ?? true { return .more }
      if !result.key.isEmpty {
        let isBehind = key.lexicographicallyPrecedes(result.key)
        return isBehind ? .moreAt(Walk.behindKey(result.key, skipping: 0).position) : .more
      }
      // As those of a product are that was deleted.
      let next = skipped + result.sent
      return next > Walk.mostSkipped
        ? .more : .moreAt(Walk.behindKey(key, skipping: next).position)
    }
  }

  /// Where a walk by windows goes on behind that which starts here.
  private func next(behind start: Int64, emptySince: Int64, ids: Set<Int64>) -> Reply.Next {
    guard ids.isEmpty else { return .moreAt(Walk.records(ids.sorted()).position) }
    guard start >= greatestID else { return window(behind: start) }
    let end = Walk.end(ofWindow: start)
    let isOver = end - emptySince >= Walk.emptyWindows * Walk.width || end == .max
    return isOver ? .end : .moreAt(Walk.window(end, emptySince: emptySince).position)
  }

  /// The window behind that which starts here, as the first that may be empty.
  private func window(behind start: Int64) -> Reply.Next {
    let end = Walk.end(ofWindow: start)
    return end == .max ? .end : .moreAt(Walk.window(end, emptySince: end).position)
  }
}
