/// The reports that any CRM's file has: they read the views of `schema/views/<kind>` alone, and
/// what the program keeps for itself.
package enum Reports {
  /// The day on which they are read, for the views below them too.
  package static let clock = View.all(
    in: PackageResources.clock_sql, reading: [], supported: supports)

  /// The views of `schema/views/reports`, each behind those that it reads.
  package static let views: [View] = [
    PackageResources.history_sql, PackageResources.pipeline_sql, PackageResources.sales_sql,
    PackageResources.opportunities_sql, PackageResources.parties_sql,
    PackageResources.activity_sql, PackageResources.tasks_sql, PackageResources.cases_sql,
    PackageResources.quality_sql, PackageResources.freshness_sql,
  ].flatMap { View.all(in: $0, reading: [], supported: supports) }

  /// The day of an instant, as an expression of a file that has `_time_zone`, for its column.
  package static func day(of column: String) -> String { ViewText.localDay(of: column) }

  /// The tables that `KeptRows` fills.
  package static let kept = Set(views.compactMap(\.docs.kept)).subtracting([""])

  /// What views read beside the mirrored tables.
  package static let supports = View.supports(in: PackageResources.support_sql)
}
