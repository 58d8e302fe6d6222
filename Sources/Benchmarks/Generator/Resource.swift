internal import Simulation

/// A listing that pages are made for.
enum Resource: String, CaseIterable {
  case parties, opportunities, cases, tasks, entries

  /// The path below the base URL and the key of the list, which are one and the same.
  var path: StaticString {
    switch self {
    case .parties: "parties"
    case .opportunities: "opportunities"
    case .cases: "kases"
    case .tasks: "tasks"
    case .entries: "entries"
    }
  }

  func write(_ number: Int, _ writer: RecordWriter, _ text: inout Writer) {
    switch self {
    case .parties: writer.party(number, &text)
    case .opportunities: writer.opportunity(number, &text)
    case .cases: writer.kase(number, &text)
    case .tasks: writer.task(number, &text)
    case .entries: writer.entry(number, &text)
    }
  }
}
