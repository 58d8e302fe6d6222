internal import Capsule
internal import Model
internal import Replication

/// The program itself, with a configuration that wants one table from a server on this machine.
struct Program {
  let path: String
  let database: String
  private let configuration: String

  /// Without a resource it wants every table, as the program does unless told otherwise.
  init(
    _ path: String, _ resource: Resource?, base: String, database: String, concurrency: Int = 4
  ) throws {
    self.path = path
    self.database = database
    configuration = "\(database).json"
    let others = CapsuleSource.catalogue.map(\.name).filter {
      resource != nil && $0 != resource?.rawValue
    }
    // Each run reads everything, and trusts the digests.
    let all = resource.map { ["\"\($0.rawValue)\":{\"full_every\":\"1s\"}"] } ?? []
    let tables = (all + others.map { "\"\($0)\":{\"enabled\":false}" }).joined(separator: ",")
    let text = """
      {"database":"\(database)","source":{"kind":"capsule","base_url":"\(base)"},
      "requests":{"concurrency":\(concurrency),"sweep_budget":0},"tables":{\(tables)}}
      """
    try Files.write(Array(text.utf8), to: configuration)
  }

  /// A whole account of Vtiger's, without the share of it that is read again each run.
  init(_ path: String, vtiger base: String, database: String) throws {
    self.path = path
    self.database = database
    configuration = "\(database).json"
    let text = """
      {"database":"\(database)",
      "source":{"kind":"vtiger","base_url":"\(base)","username":"ada@example.com","api":"rest"},
      "requests":{"reserve":0,"sweep_budget":0}}
      """
    try Files.write(Array(text.utf8), to: configuration)
  }

  @discardableResult
  func sync(_ options: String...) throws -> Child.Cost { try child(options: options).succeed() }

  func child(_ command: String = "sync", options: [String] = []) -> Child {
    Child(
      [path, command, "--config", configuration] + options,
      environment: [
        "CRM_REPLICA_TOKEN=benchmark", "CRM_REPLICA_ACCESS_KEY=\(VtigerServer.accessKey)",
      ])
  }
}
