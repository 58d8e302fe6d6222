import HTTP
import ReplicaFile
import Testing

@testable import CRMReplica

/// The kind of a source decides which keys the configuration has.
@Suite struct SourceKeyTests {
  private func read(_ text: String) throws(ConfigurationError) -> Configuration {
    try ConfigurationReader.read(Array(text.utf8), file: "c", names: testNames)
  }

  private func complaints(_ text: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try read(text)
      return []
    } catch {
      return error.problems.map(\.text)
    }
  }

  @Test func `reads every key of a Vtiger`() throws {
    let configuration = try read(
      """
      { "database": "/d",
        "source": {"kind": "vtiger", "base_url": "https://crm.example/vt", "username": "ada",
          "access_key_file": "/k", "time_zone": "Europe/Berlin", "api": "session"},
        "requests": {"census_budget": 7},
        "tables": {"contacts": {"exclude_columns": ["cf_852"], "every": "1h"}} }
      """)
    #expect(
      configuration.source
        == .init(
          kind: .vtiger, baseURL: try BaseURL("https://crm.example/vt"), username: "ada",
          accessKeyFile: "/k", timeZone: "Europe/Berlin", api: .session))
    #expect(configuration.requests.censusBudget == 7)
    #expect(configuration.table("contacts").excludedColumns == ["cf_852"])
  }

  @Test(
    arguments: [
      (
        #"{"kind": "vtiger"}"#,
        [
          #""source.base_url" is missing; it says where the account is"#,
          #""source.username" is missing; it names the user as whom the account is read"#,
        ]
      ),
      (
        #"""
        {"kind": "vtiger", "base_url": "https://crm.example", "username": "ada",
         "token_file": "/t", "oauth": {}}
        """#,
        [
          #""source.token_file" is a key of sources of the kind "capsule"; this one is "vtiger""#,
          #""source.oauth" is a key of sources of the kind "capsule"; this one is "vtiger""#,
        ]
      ),
      (
        #"{"kind": "capsule", "username": "ada"}"#,
        [#""source.username" is a key of sources of the kind "vtiger"; this one is "capsule""#]
      ),
      (
        #"""
        {"kind": "vtiger", "base_url": "https://crm.example", "username": "ada",
         "access_key": "pssst"}
        """#,
        [
          #""source.access_key" is not a key: the access key never stands in the configuration; "#
            + "put it in a file named by access_key_file"
        ]
      ),
      (
        #"""
        {"kind": "vtiger", "base_url": "https://crm.example", "username": "ada",
         "time_zone": "Mars/Olympus"}
        """#,
        [
          #""source.time_zone" is "Mars/Olympus", which this host does not know; "#
            + #"it must be the name of a zone such as "Europe/Berlin""#
        ]
      ),
    ] as [(String, [String])])
  func `a key of another kind, or a missing one, is said`(source: String, expected: [String]) {
    #expect(complaints(#"{"database": "/d", "source": \#(source)}"#) == expected)
  }

  @Test func `a budget that a Capsule does not have is refused and not printed`() throws {
    let source = #""database": "/d", "source": {"kind": "capsule"}"#
    #expect(
      complaints(#"{\#(source), "requests": {"census_budget": 1}}"#) == [
        #""requests.census_budget" is a key of sources of the kind "vtiger"; this one is "capsule""#
      ])
    let printed = try read("{\(source)}").text(testNames)
    for word in ["census_budget", "time_zone", "username"] { #expect(!printed.contains(word)) }
  }

  @Test func `what is printed of a Vtiger reads back as the same`() throws {
    let given = try read(
      """
      {"database": "/d", "tables": {"contacts": {"enabled": false}},
       "source": {"kind": "vtiger", "base_url": "https://crm.example", "username": "ada"}}
      """)
    #expect(try read(given.text(testNames)) == given)
  }

  @Test(
    arguments: [
      ("https://acme.od2.vtiger.com", nil, "https://acme.od2.vtiger.com/restapi/v1/vtiger/default"),
      (
        "https://crm.example/a/restapi/v1/vtiger/default", nil,
        "https://crm.example/a/restapi/v1/vtiger/default"
      ),
      ("https://acme.vtiger.com/webservice.php", nil, "https://acme.vtiger.com"),
      ("https://crm.example/vt", nil, "https://crm.example/vt"),
      ("https://notvtiger.com", nil, "https://notvtiger.com"),
      ("https://crm.example/vt", .rest, "https://crm.example/vt/restapi/v1/vtiger/default"),
    ] as [(String, APIForm?, String)])
  func `the address decides the form of the API unless it is said`(
    base: String, api: APIForm?, endpoint: String
  ) throws {
    let address = SourceAddress(base: try BaseURL(base), api: api)
    #expect(SourceKind.vtiger.endpoint(of: address).description == endpoint)
  }
}
