import Capsule
import Model
import Testing
import Vtiger

/// Holds the two floors of views against each other: what knows a CRM's tables, and the reports.
@Suite struct FloorTests {
  @Test(arguments: ["reports", "capsule", "vtiger"])
  func `a report names no table of a CRM, and a view of an account none of the reports`(
    _ folder: String
  ) throws {
    let tables = Set(CapsuleSource.catalogue.flatMap { [$0.name] + $0.children.map(\.table) })
    let reports = Set(Reports.views.map(\.name))
    let scripts = try Package.files(in: "schema/views/\(folder)", ending: ".sql")
    #expect(!scripts.isEmpty)
    for (script, text) in scripts {
      let reads = Set(text.matches(of: /(?:FROM|JOIN) (\w+)/).map { String($0.1) })
      #expect(reads.isDisjoint(with: folder == "reports" ? tables : reports), "\(script)")
    }
  }

  @Test func `the floors of both kinds have the same views, with the same columns`() throws {
    let floors = [CapsuleSource.allViews, VtigerSource.allViews].map { views in
      views.filter { $0.name.hasPrefix("v_") && !$0.name.hasSuffix("_versions") }
    }
    #expect(Set(floors[1].map(\.name)).isSubset(of: floors[0].map(\.name)))
    for view in floors[1] {
      let other = try #require(floors[0].first { $0.name == view.name })
      #expect(view.docs.columns.map(\.name) == other.docs.columns.map(\.name), "\(view.name)")
      #expect(view.docs.columns.map(\.type) == other.docs.columns.map(\.type), "\(view.name)")
    }
  }
}
