/// A user. Behind it stand teams, pipelines and whatever else records refer to.
struct User: Listed {
  let id: Int64
  var username: String
  var name: String
  var isDeleted = false
  var locale: String
  var currency: String
  var timezone: String
  var party: Int64?
  var lastLoginAt: Int64?
  var clickToCall: String?

  var sortName: String { name }
}

struct Team: Listed {
  let id: Int64
  var name: String
  var description: String?
  var createdAt: Int64
  var updatedAt: Int64
  var members: [Int64]

  var sortName: String { name }
}

/// A pipeline of opportunities or a board of cases: both are archived rather than deleted.
struct Lane: Listed {
  let id: Int64
  var name: String
  var description: String?
  var isArchived: Bool
  var createdAt: Int64
  var updatedAt: Int64

  var sortName: String { name }
}

struct Milestone: Listed {
  let id: Int64
  var name: String
  var description: String?
  var isComplete: Bool
  var probability: Int64
  var pipeline: Int64
  var daysUntilStale: Int64?
  var createdAt: Int64
  var updatedAt: Int64

  var sortName: String { name }
}

struct Stage: Listed {
  let id: Int64
  var name: String
  var description: String?
  var board: Int64
  var displayOrder: Int64
  var isArchived = false
  var createdAt: Int64
  var updatedAt: Int64

  var sortName: String { name }
}

struct LostReason: Listed {
  let id: Int64
  var name: String
  var includedForConversion: Bool
  var createdAt: Int64
  var updatedAt: Int64

  var sortName: String { name }
}

struct Category: Listed {
  let id: Int64
  var name: String
  var colour: String

  var sortName: String { name }
}

struct ActivityType: Listed {
  /// Negative when built in.
  let id: Int64
  var name: String
  var icon: String?
  var updateLastContacted: Bool

  var sortName: String { name }
}

struct Title: Listed {
  let id: Int64
  var title: String

  var sortName: String { title }
}

struct Goal: Listed {
  let id: Int64
  var name: String
  var frequency: String
  var startOn: Int64
  var endOn: Int64
  var type: String
  var value: Int64
  var currency: String?
  var user: Int64?
  var status: String
  var pipeline: Int64?
  var milestone: Int64?
  var createdAt: Int64
  var updatedAt: Int64

  var sortName: String { name }
}

struct RestHook: Listed {
  let id: Int64
  var event: String
  var targetURL: String
  var description: String?
  var embed: String?
  var user: Int64?
  var createdAt: Int64
  var updatedAt: Int64

  var sortName: String { event }
}

/// A custom field definition. Its id repeats across the three entities.
struct Definition: Listed {
  let id: Int64
  var name: String
  var description: String?
  /// `text`, `date`, `list`, `boolean`, `number`, `link` or `multiselectlist`.
  var type: String
  var displayOrder: Int64
  var isImportant: Bool
  /// The data tag it belongs to.
  var tag: Int64?
  /// `person` or `organisation`; nil for both.
  var captureRule: String?
  var options: [String]

  var sortName: String { name }
}

/// A tag definition. Its id repeats across the three entities.
struct Tag: Listed {
  let id: Int64
  var name: String
  var description: String?
  var isData: Bool

  var sortName: String { name }
}

struct TrackDefinition: Listed {
  let id: Int64
  var description: String
  var tag: String?
  var captureRule: String
  var direction: String
  var createdAt: Int64
  var updatedAt: Int64
  var tasks: [TaskDefinition]

  var sortName: String { description }
}

struct TaskDefinition {
  let id: Int64
  var description: String
  var daysAfterRule: String
  var daysAfter: Int64
  var dayDelayRule: String
  var displayOrder: Int64
  var category: Int64?
  /// A fixed assignee; nil for the owner of the record.
  var assignee: Int64?
  var createdAt: Int64
  var updatedAt: Int64
}
