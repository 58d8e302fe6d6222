internal import HTTP

/// Asks for the greatest id of each module that is not replicated, one request each.
///
/// Activities are read by windows of ids for those who are no administrators, until windows are
/// empty behind the greatest id that is known of any module. Those of the modules that are
/// replicated stand in the file; the others may have all ids between two activities.
struct IDReach: Sendable, Hashable {
  private let form: VtigerForm
  private var open: [VtigerCatalogue.Module]
  private(set) var greatest: Int64 = 0

  init(
    _ form: VtigerForm, _ catalogue: VtigerCatalogue, _ user: VtigerUser?, disabled: Set<String>
  ) {
    let shown = catalogue.modules.filter { $0.isEntity && !$0.isGone && $0.name != "Users" }
    func isDisabled(_ module: VtigerCatalogue.Module) -> Bool {
      module.tableName.map { disabled.contains($0) } ?? true
    }
    let isWindowed =
      !(user?.isAdministrator ?? false)
      && shown.contains { $0.isFiltered && !isDisabled($0) }
    self.form = form
    open = isWindowed ? shown.filter { isDisabled($0) && !$0.isFiltered } : []
  }

  var next: Request? {
    open.first.map { form.request("query", [("query", VTQL.greatestID(of: $0))]) }
  }

  /// Takes an answer, nil where none is to be had: then the other modules have to tell.
  mutating func take(_ response: Response?) {
    let rows: [Row]? = response.flatMap { Descriptions.result(in: $0.body) }
    let number = rows?.first?.id.split(separator: "x").last.flatMap { Int64($0) }
    greatest = max(greatest, number ?? 0)
    open.removeFirst()
  }

  private struct Row: Decodable {
    let id: String
  }
}
