internal import ReplicaFile

/// Reads a configuration and collects everything that is wrong with it.
enum ConfigurationReader {
  /// The configuration in a file of at most 1 MiB. Paths in it begin in its own folder; `absolute`
  /// has them begin at the root.
  static func load(
    _ path: String, names: TableNames, absolute: Bool = false
  ) throws(ConfigurationError) -> Configuration {
    let text: [UInt8]
    do {
      text = try SmallFile(at: path, limit: 1 << 20).bytes
    } catch {
      let problem = ConfigurationError.Problem(place: nil, text: "the file \(error.text)")
      throw ConfigurationError(file: path, problems: [problem])
    }
    return try read(
      text, file: path, in: absolute ? path.absolute.folder : path.folder, names: names)
  }

  /// The configuration that a JSON text spells. `file` is only named in complaints; paths begin in
  /// `folder`.
  static func read(
    _ text: [UInt8], file: String, in folder: String = "", names: TableNames
  ) throws(ConfigurationError) -> Configuration {
    let root: JSONNode
    do {
      root = try JSONNode(reading: text)
    } catch {
      let problem = ConfigurationError.Problem(
        place: TextPlace(of: error.offset, in: text),
        text: "not JSON: \(error.complaint(about: text))")
      throw ConfigurationError(file: file, problems: [problem])
    }
    let problems = ProblemList()
    var configuration = Configuration.unread
    if case .object(let members) = root.value {
      let object = ConfigurationObject(
        path: "", offset: root.offset, members: members, problems: problems,
        kind: kind(in: members), folder: folder)
      object.read(ConfigurationKey.all(names), into: &configuration)
    } else {
      problems.add("the configuration \(root.value.wrong("an object").text)", at: root.offset)
    }
    // Of a configuration that is wrong otherwise, not every path is known.
    if problems.problems.isEmpty {
      for text in FileClaims(configuration, file: file).complaints {
        problems.add(text, at: root.offset)
      }
    }
    if problems.problems.isEmpty { return configuration }
    let sorted = problems.problems.enumerated().sorted {
      ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
    }
    throw ConfigurationError(
      file: file,
      problems: sorted.map { _, problem in
        .init(place: TextPlace(of: problem.offset, in: text), text: problem.text)
      })
  }

  /// The kind that decides which keys there are; nil where none stands.
  private static func kind(in members: [JSONMember]) -> SourceKind? {
    guard case .object(let source)? = members.first(where: { $0.key == "source" })?.node.value,
      case .string(let name)? = source.first(where: { $0.key == "kind" })?.node.value
    else { return nil }
    return SourceKind(rawValue: name)
  }
}
