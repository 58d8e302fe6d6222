/// Why a table could not be read in a run.
package struct TableFailure: Error, Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// No answer: libcurl's words.
    case unreachable(String)
    /// A status that is no page.
    case status(Int)
    /// An answer that is no page, by a code of the source's own.
    case code(String)
    /// The source does not understand a question of ours, by a code of its own. The question is
    /// told without the values in it.
    case misasked(String, question: String)
    /// The source understood and said no, by a status or a code of its own: `status 403`.
    case forbidden(String)
    case redirect(Int)
    case tooLarge
    /// The body is not the page that was asked for.
    case unreadable(DecodeError.Reason)
    /// The next page is said to be on another host or path.
    case elsewhere
    /// The list does not end.
    case endless
    /// The list changed faster than it could be read: rows known, and rows there are.
    case restless(known: Int, length: Int)
    /// The list ended before as many rows as the source counts.
    case short(read: Int, counted: Int)
    /// Rows that the list lacks although the source shows them by their ids.
    case hidden(Int)
    /// Records that the list lacks did not come by their ids, and neither did one that it shows.
    case unanswered(Int)
    /// Records have come that cannot be stored.
    case unstored(Int)
    /// A row that is gone cannot be marked so in the file: SQLite's words.
    case unmarked(String)
    /// A table that this one depends on has never been read.
    case parentUnread(String)
  }

  package let kind: Kind
  /// What was asked for: `GET parties?page=2`.
  package let doing: String
  /// What the source said, as it said it, or nil.
  package let message: String?
  /// What lets requests in, as people call it.
  private let secret: String

  package init(_ kind: Kind, doing: String, message: String? = nil, secret: String = "token") {
    self.kind = kind
    self.doing = doing
    self.message = message
    self.secret = secret
  }

  /// Whether the source did not answer or was in trouble itself.
  package var isUnavailability: Bool {
    switch kind {
    case .unreachable: true
    case .status(let status): status >= 500 || status == 408 || status == 425
    default: false
    }
  }

  /// Whether the same question may be answered another time: the source is in trouble, or grants
  /// no more requests now. One that crashes at a question does so again.
  package var mayPass: Bool {
    isUnavailability && kind != .status(500) || kind == .status(429)
  }

  /// Whether the source did not like the question: another one may be answered.
  package var isOfQuestion: Bool {
    if case .status(400...499) = kind { !isUnavailability } else { false }
  }

  /// Whether the fault is this program's own.
  package var isDefect: Bool {
    if case .misasked = kind { true } else { false }
  }

  /// Whether it could not be tried for want of another table.
  package var isParentUnread: Bool {
    if case .parentUnread = kind { true } else { false }
  }

  /// Whether it is for the same reason, whatever was asked for.
  package func isAlike(_ other: TableFailure?) -> Bool {
    kind == other?.kind && message == other?.message
  }

  /// Whether the source understood and said no.
  package var isRefusal: Bool {
    if case .forbidden = kind { true } else { false }
  }
}

extension TableFailure {
  /// What stands before a text of the source's own, to the end of what is said. It may hold
  /// anything, a person's data too.
  package static let quoting = " The source says: "

  /// What happened and what becomes of it, for the run log and the operator.
  package var sentence: String {
    let said = message.map { Self.quoting + $0 } ?? ""
    return switch kind {
    case .unreachable(let detail): "No answer to \(doing): \(detail)."
    case .status(let status) where status >= 500:
      "The source is in trouble: status \(status) at \(doing).\(said)"
    case .status(let status): "The source answers status \(status) to \(doing).\(said)"
    case .code(let code): "The source answers \(code) to \(doing).\(said)"
    case .misasked(let code, let question):
      "The source answers \(code) to \(question) That is a defect of this program: please "
        + "report it."
    case .forbidden(let answer): "The \(secret) may not read this: \(answer) at \(doing).\(said)"
    case .redirect(let status):
      "The source redirects (status \(status)) at \(doing). The \(secret) goes nowhere else."
    case .tooLarge: "The reply to \(doing) is larger than any page may be."
    case .unreadable(let reason): "The reply to \(doing) \(reason.rawValue)."
    case .elsewhere:
      "The reply to \(doing) names a next page on another host or path. It is not followed."
    case .endless: "The list does not end at \(doing)."
    case .restless(let known, let length):
      "The list kept changing while it was read: \(known.grouped) of "
        + "\(length.counted("row")) \(known == 1 ? "is" : "are") known. What was "
        + "read is stored, and the next run reads it again."
    case .short(let read, let counted):
      "The list ended after \(read.counted("row")), and the source counts \(counted.grouped). What "
        + "came is stored, "
        + "nothing is taken for gone, and the next run reads it again. If it is the count that is "
        + "wrong, \"accept\" it."
    case .hidden(let count):
      "The list lacks rows that the source still shows: \(count) of those that were asked for. "
        + "Nothing is taken for gone, and the next run reads it again."
    case .unanswered(let count):
      "\(count.counted("record")) that its list lacks \(count == 1 ? "was" : "were") asked for by "
        + "id, and neither \(count == 1 ? "it" : "they") came nor one that it shows. Nothing is "
        + "taken for gone, and the next run asks again."
    case .unstored(let count):
      "\(count.counted("record")) could not be stored: see _quarantine for the reason. The cursor "
        + "stays where it was, and the next run asks again. To do without what is there, "
        + "\"accept\" it."
    case .unmarked(let reason):
      "A row of \(doing) that is gone cannot be marked as deleted: \(reason). The next run tries "
        + "again."
    case .parentUnread(let parent):
      "It is read for each row of \(parent), which has never been read."
    }
  }
}
