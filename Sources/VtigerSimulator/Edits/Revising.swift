import Simulation

/// Changes of single records, with what each stamps and what it leaves unstamped (measured on
/// 8.0.0 and 8.3.0 unless a comment says otherwise).
extension VtigerAccount {
  /// The module in whose store a number is; of tasks and events the one that it is of now.
  package func moduleName(of id: Int64) -> String? {
    modules.first { module in
      module.isEntity && module.name != "Users"
        && record(id, in: module).map { isOfKind($0, module) } ?? false
    }?.name
  }

  /// Changes a record in place, without a stamp.
  func update(_ id: Int64, _ change: (inout Record) -> Void) {
    guard let name = moduleName(of: id), let module = module(name) else { return }
    if var record = shelves[module.shelf]?[id] {
      change(&record)
      shelves[module.shelf]?[id] = record
    }
  }

  /// Stamps a record, as every save does.
  func touch(_ id: Int64) {
    update(id) { record in
      record.modified = wallClock
      if record.modifiedBy != 0 { record.modifiedBy = 2 }
    }
  }

  /// Gives a field a value, as a user does. A save stamps with the same value, too.
  package func revise(_ id: Int64, _ field: String, _ text: String) {
    update(id) { $0[key(field)] = .text(text) }
    touch(id)
  }

  /// Points a reference at a record, as a user does; 0 empties it.
  package func link(_ id: Int64, _ field: String, to target: Int64) {
    update(id) { $0[key(field)] = .link(target) }
    touch(id)
  }

  /// Gives a record to another user or group.
  package func assign(_ id: Int64, to owner: Int64) {
    update(id) { $0.owner = owner }
    touch(id)
  }

  /// Gives an activity its contacts.
  package func invite(_ contacts: [Int64], to activity: Int64) {
    update(activity) { $0.contacts = contacts }
    touch(activity)
  }

  /// Changes a value below the program, as a script does: without a stamp.
  package func alterSilently(_ id: Int64, _ field: String, _ text: String) {
    update(id) { $0[key(field)] = .text(text) }
  }

  /// Creates a record with random values. A document is complete at once.
  @discardableResult
  package func createRecord(in module: String, _ values: [String: String] = [:]) -> Int64 {
    create(module, values.mapValues { .text($0) })
  }

  /// Comments a record: the comment and the record are stamped.
  @discardableResult
  package func comment(on id: Int64, _ text: String) -> Int64 {
    let comment = create("ModComments", ["commentcontent": .text(text), "related_to": .link(id)])
    touch(id)
    return comment
  }

  /// Relates a document to a record: both are stamped. Any other relation stamps its source alone.
  package func relate(_ source: Int64, to target: Int64) {
    touch(source)
    if moduleName(of: source) == "Documents" { touch(target) }
  }

  /// Saves a document with new lines: it is stamped, and all lines have new ids.
  package func saveLines(of document: Int64) {
    writeLines(draftLines(0, 4), of: document)
    touch(document)
  }

  /// Adds a line through the API, which does not stamp the document.
  package func addLineSilently(to document: Int64) {
    let stamp = moduleName(of: document).flatMap { module($0) }.flatMap { record(document, in: $0) }
    guard stamp != nil, let draft = draftLines(1, 1).first else { return }
    lastLineID += 1
    var line = Record(id: lastLineID)
    line[key("parent_id")] = .link(document)
    line[key("productid")] = .link(draft.product)
    line[key("product_name")] = draft.productName
    let place = linesByDocument[document, default: []].count + 1
    set(&line, ["sequence_no": String(place), "quantity": "1.000", "comment": "by the API"])
    shelves["LineItem"]?[line.id] = line
    linesByDocument[document, default: []].append(line.id)
  }

  /// Makes a meeting of a task: it leaves `Calendar` without a tombstone, and is one of `Events`
  /// under the same number.
  package func makeEvent(of task: Int64) {
    revise(task, "activitytype", "Meeting")
    update(task) { $0[key("eventstatus")] = .text("Planned") }
  }

  /// Commits a new record late: it is stamped with a second that is gone, as by a long transaction
  /// or by another node whose clock is slow (inferred).
  @discardableResult
  package func commitLate(in module: String, by seconds: Int64) -> Int64 {
    create(module, at: wallClock - seconds)
  }

  /// Stamps a record with a second of the future, as a node does whose clock is fast (inferred).
  package func postdate(_ id: Int64, by seconds: Int64) {
    update(id) { $0.modified = wallClock + seconds }
  }

  /// Leaves behind what a create that crashes does: `retrieve` shows it, nothing else ever does.
  @discardableResult
  package func crashInCreate(_ module: String) -> Int64 {
    let id = create(module)
    update(id) { $0.isBroken = true }
    return id
  }
}
