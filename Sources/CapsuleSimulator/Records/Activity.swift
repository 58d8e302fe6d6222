/// A task. `dueOn` is in days since 1970, `dueTime` a wall clock without zone.
struct TodoTask: Listed {
  enum Status: String, CaseIterable {
    case open = "OPEN"
    case completed = "COMPLETED"
    case pending = "PENDING"
  }

  let id: Int64
  var description: String
  var detail: String?
  var category: Int64?
  var dueOn: Int64?
  var dueTime: String?
  var status = Status.open
  var parent: Parent?
  var owner: Int64?
  var completedBy: String?
  var completedAt: Int64?
  var createdAt: Int64
  var updatedAt: Int64
  var track: Int64?
  var nextTask: Int64?
  var daysAfter: Int64?
  var taskDelayRule: String?
  var repetition: Repetition?

  var sortName: String { description }
}

/// How a task repeats.
struct Repetition {
  let interval: Int64
  let frequency: String
  let on: String
}

/// A note, an e-mail or a completed task in the history of a record.
struct Entry: Listed {
  enum Kind: String {
    case note
    case email
    case task
  }

  let id: Int64
  let kind: Kind
  var createdAt: Int64
  var updatedAt: Int64
  /// The place in the timeline, which users may set to any instant.
  var entryAt: Int64
  var subject: String?
  var content: String?
  var attachments: [Attachment] = []
  var creator: Int64?
  var activityType: Int64
  /// Nil for an e-mail that only lists `parties`.
  var parent: Parent?
  var parties: [Int64] = []
  var participants: [Participant] = []

  var sortName: String { subject ?? content ?? "" }
}

/// What has happened to an entry: it was written, edited or deleted.
struct Activity {
  let id: Int64
  let createdAt: Int64
  let entry: Int64
  let isEdit: Bool
  let isDeletion: Bool
}

struct Attachment {
  let id: Int64
  let filename: String
  let contentType: String
  let size: Int64
}

struct Participant {
  let id: Int64
  let address: String?
  let name: String?
  let role: String
}

/// A track applied to a record: a list of tasks with a start or an end.
struct Track: Listed {
  let id: Int64
  var description: String
  var trackDateOn: Int64?
  var direction: String
  var definition: Int64?
  var tasks: [Int64]
  let parent: Parent

  var sortName: String { description }
}
