internal import FoundationEssentials
internal import HTTP
package import Model

extension Walk {
  /// Whether it is about the lines of documents, and not about a list of records.
  var isOfLines: Bool {
    switch self {
    case .lines, .linesBeside, .lineCount, .anyLine, .documents: true
    case .behind, .behindChange, .behindKey, .window, .records, .known, .feed, .told: false
    }
  }
}

/// The lines of documents. No query for documents shows them, so that each page of documents is
/// followed by a question for theirs, a hundred lines an answer.
///
/// All lines of a document replace those that were there before. So only an answer that shows all
/// lines of a document counts for it: one that is not full, or one that goes on with another
/// document behind it. A document whose lines fill an answer is asked for by itself, and shows them
/// all.
///
/// What the server cannot run, it answers with nothing. So an answer without any line is followed
/// by a count of the same lines: a 0 is believed. Where the server does not count, lines of any
/// document are asked for, and then the same lines once more, with those of that document: an
/// answer that shows the latter is believed. Otherwise each document is asked for by itself: that
/// may crash where one has no lines (measured).
extension VtigerSource {
  static func lines(of documents: [Int64], then next: Reply.Next) -> Reply.Next {
    switch next {
    case .moreAt(let position):
      .moreAt(Walk.lines(documents, then: Walk(position)).position)
    case .end: .moreAt(Walk.lines(documents, then: nil).position)
    case .more, .unknown, .elsewhere: next
    }
  }

  func next(_ walk: Walk?) -> Reply.Next { walk.map { .moreAt($0.position) } ?? .end }

  /// A document that cannot be had is passed over.
  package func next(behindRefused position: Position) -> Reply.Next? {
    guard case .documents(let ids, let then)? = Walk(position) else { return nil }
    return ids.count > 1 ? next(.documents(Array(ids.dropFirst()), then: then)) : next(then)
  }

  func reply(_ response: Response, to request: Request, _ walk: Walk) -> Reply {
    if case .lineCount(let ids, let then) = walk {
      return lineCount(counted(response, to: request), of: ids, then)
    }
    let module = operationModule(form.parts(of: request))
    let form = module.map(records(of:)) ?? lineForm ?? RecordForm(modules: [:])
    var (reply, result) = replies.read(response, to: request, form, zone, keepsPlaces: true)
    (reply.stamp, reply.isStampAhead) = (nil, false)
    reply.content = .lists
    switch (walk, reply.verdict) {
    case (.lines(let ids, let then), .fail(.forbidden)),
      (.linesBeside(_, let ids, let then), .fail):
      // Some servers show lines only with their document.
      (reply.verdict, reply.body) = (.accept, Self.empty)
      reply.next = next(.documents(ids, then: then))
      return reply
    case (.documents, .missing):
      (reply.verdict, reply.body) = (.accept, Self.empty)
      reply.next = next(behindRefused: walk.position) ?? .end
      return reply
    case (_, .accept): break
    default: return reply
    }
    guard let result, result.hasResult else { return reply }
    switch walk {
    case .lines(let ids, let then): lines(result, of: ids, then, &reply)
    case .anyLine(let ids, let then):
      let owner = Self.lineOwner(in: response.body)
      reply.body = Self.empty
      reply.next = next(
        owner.map { .linesBeside($0, ids, then: then) } ?? .documents(ids, then: then))
    case .linesBeside(let owner, let ids, let then):
      let isWhole = result.sent < Walk.width && result.places.contains { $0.key == owner.id }
      reply.body = isWhole ? Self.body(result, of: ids) : Self.empty
      reply.next = next(isWhole ? then : .documents(ids, then: then))
    case .documents:
      reply.body = Self.body(result.places.map { result.body[$0.range] })
      reply.next = next(behindRefused: walk.position) ?? .end
    case .behind, .behindChange, .behindKey, .window, .records, .known, .feed, .told, .lineCount:
      break
    }
    return reply
  }

  private func lineCount(_ counted: Reply, of ids: [Int64], _ then: Walk?) -> Reply {
    var reply = counted
    guard reply.verdict == .accept else { return reply }
    reply.content = .lists
    reply.body = counted.count == 0 ? Self.body(.init(), of: ids) : Self.empty
    reply.next =
      switch counted.count {
      case 0: next(then)
      case nil: next(.anyLine(ids, then: then))
      default: next(.documents(ids, then: then))
      }
    return reply
  }

  /// Whose line the answer shows first. Those of documents that were deleted name none.
  private static func lineOwner(in body: [UInt8]) -> Walk.LineOwner? {
    struct Line: Decodable {
      let parent_id: String?
    }
    let lines: [Line]? = Descriptions.result(in: body)
    return lines?.lazy.compactMap { line in
      let halves = (line.parent_id ?? "").split(separator: "x").map { Int64($0) }
      guard halves.count == 2, let prefix = halves[0], let id = halves[1] else { return nil }
      return Walk.LineOwner(prefix: prefix, id: id)
    }.first
  }

  private func operationModule(
    _ parts: (operation: String, parameters: [String: String])
  ) -> String? {
    operationModule(parts.operation, parts.parameters)
  }

  private func lines(
    _ result: RecordRewriter.Result, of ids: [Int64], _ then: Walk?, _ reply: inout Reply
  ) {
    reply.body = Self.empty
    let owners = result.places.map(\.key)
    guard let first = owners.first, let last = owners.last else {
      return reply.next = next(.lineCount(ids, then: then))
    }
    if result.sent < Walk.width {
      reply.body = Self.body(result, of: ids)
      reply.next = next(then)
    } else if !zip(owners, owners.dropFirst()).allSatisfy({ $0 <= $1 }), ids.count > 1 {
      // It does not keep to the order. What cannot be told apart is asked for apart.
      let half = ids.count / 2
      let rest = Walk.lines(Array(ids[half...]), then: then)
      reply.next = next(.lines(Array(ids[..<half]), then: rest))
    } else if first == last {
      let others = ids.filter { $0 != first }
      let rest = others.isEmpty ? then : .lines(others, then: then)
      reply.next = next(.documents([first], then: rest))
    } else {
      reply.body = Self.body(result, of: ids.filter { $0 < last })
      reply.next = next(.lines(ids.filter { $0 >= last }, then: then))
    }
  }

  private static func body(_ result: RecordRewriter.Result, of ids: [Int64]) -> [UInt8] {
    var lines: [Int64: [Range<Int>]] = [:]
    for place in result.places where result.body[place.range.lowerBound] == 0x7b {
      lines[place.key, default: []].append(place.range)
    }
    return body(
      ids.map { id in
        let list = (lines[id] ?? []).map { result.body[$0] }.joined(separator: [0x2c])
        return Array("{\"id\":\(id),\"\(RecordForm.linesKey)\":[".utf8) + list + Array("]}".utf8)
      })
  }

  private static func body(_ records: [some Collection<UInt8>]) -> [UInt8] {
    Array("{\"result\":[".utf8) + Array(records.joined(separator: [0x2c])) + Array("]}".utf8)
      + repeatElement(0, count: Response.padding)
  }
}
