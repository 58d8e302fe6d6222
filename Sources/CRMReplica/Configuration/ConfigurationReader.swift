internal import Capsule
internal import HTTP

/// Reads a configuration and collects everything that is wrong with it.
struct ConfigurationReader {
  let names: TableNames
  let problems = ProblemList()

  private init(names: TableNames) {
    self.names = names
  }

  /// The configuration in a file of at most 1 MiB.
  static func load(
    _ path: String, names: TableNames
  ) throws(ConfigurationError) -> Configuration {
    let text: [UInt8]
    do {
      text = try SmallFile(at: path, limit: 1 << 20).bytes
    } catch {
      let problem = ConfigurationError.Problem(place: nil, text: "the file \(error.text)")
      throw ConfigurationError(file: path, problems: [problem])
    }
    return try read(text, file: path, names: names)
  }

  /// The configuration that a JSON text spells. `file` is only named in complaints.
  static func read(
    _ text: [UInt8], file: String, names: TableNames
  ) throws(ConfigurationError) -> Configuration {
    try readWithKeys(text, file: file, names: names).configuration
  }

  /// As `read`, with every key that a configuration may have, as a path: `tables.*.enabled`.
  static func readWithKeys(
    _ text: [UInt8], file: String, names: TableNames
  ) throws(ConfigurationError) -> (configuration: Configuration, knownKeys: Set<String>) {
    let reader = ConfigurationReader(names: names)
    let root: JSONNode
    do {
      root = try JSONParser.parse(text)
    } catch {
      let place = TextPlace(of: error.offset, in: text)
      let problem = ConfigurationError.Problem(place: place, text: "not JSON: \(error.text)")
      throw ConfigurationError(file: file, problems: [problem])
    }
    if let configuration = reader.configuration(root), reader.problems.problems.isEmpty {
      return (configuration, reader.problems.knownKeys)
    }
    let sorted = reader.problems.problems.enumerated().sorted {
      ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
    }
    throw ConfigurationError(
      file: file,
      problems: sorted.map { _, problem in
        .init(place: TextPlace(of: problem.offset, in: text), text: problem.text)
      })
  }

  /// nil after a complaint without which nothing can be built; other complaints stand beside it.
  private func configuration(_ root: JSONNode) -> Configuration? {
    guard case .object(let members) = root.value else {
      let complaint = ValueRules.wrong(root.value, "an object")
      problems.add("the configuration \(complaint.text)", at: root.offset)
      return nil
    }
    let object = ConfigurationObject(
      path: "", pattern: "", offset: root.offset, members: members, problems: problems)
    let database = object.required(
      "database", for: "names the file of the replica", ValueRules.path)
    object.require("source", for: "says where the account is")
    let source = source(object.object("source"))
    let schedule = schedule(object.object("schedule"))
    let requests = requests(object.object("requests"))
    let deleteGuard = deleteGuard(object.object("guard"))
    let tables = tables(object.object("tables"))
    object.finish()
    guard let database, let source else { return nil }
    return Configuration(
      database: database, source: source, schedule: schedule, requests: requests,
      deleteGuard: deleteGuard, tables: tables)
  }

  private func source(_ object: ConfigurationObject) -> Configuration.Source? {
    let kind = object.required("kind", for: "must be \"capsule\"", ValueRules.kind)
    let given = object.value("base_url", ValueRules.baseURL)
    let tokenFile = object.value("token_file", ValueRules.path)
    object.finish()
    guard let kind, let baseURL = given ?? (try? BaseURL(CapsuleSource.defaultBaseURL)) else {
      return nil
    }
    return Configuration.Source(kind: kind, baseURL: baseURL, tokenFile: tokenFile)
  }

  private func schedule(_ object: ConfigurationObject) -> Configuration.Schedule {
    defer { object.finish() }
    return Configuration.Schedule(
      every: object.value("every", ValueRules.duration) ?? .seconds(24 * 3_600),
      at: object.value("at", ValueRules.timeOfDay),
      overlap: object.value("overlap", ValueRules.duration) ?? .seconds(300),
      sweepEvery: object.value("sweep_every", ValueRules.duration(atLeastDays: 1))
        ?? .seconds(30 * 86_400))
  }

  private func requests(_ object: ConfigurationObject) -> Configuration.Requests {
    defer { object.finish() }
    return Configuration.Requests(
      concurrency: object.value("concurrency", ValueRules.wholeNumber(1...8)) ?? 4,
      pageSize: object.value("page_size", ValueRules.wholeNumber(1...100)) ?? 100,
      reserve: object.value("reserve", ValueRules.wholeNumber(0...(.max))) ?? 400,
      perParentBudget: object.value("per_parent_budget", ValueRules.wholeNumber(0...(.max))) ?? 500,
      sweepBudget: object.value("sweep_budget", ValueRules.wholeNumber(0...(.max))) ?? 300)
  }

  private func deleteGuard(_ object: ConfigurationObject) -> Configuration.Guard {
    defer { object.finish() }
    return Configuration.Guard(
      rows: object.value("rows", ValueRules.wholeNumber(0...(.max))) ?? 10,
      share: object.value("share", ValueRules.share) ?? 0.25)
  }
}
