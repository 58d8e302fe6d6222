/// What is wrong with one text, collected while it is read.
final class ProblemList {
  private(set) var problems: [(offset: Int, text: String)] = []
  /// Every key that was asked for, as a path: `schedule.every`, `tables.*.enabled`.
  private(set) var knownKeys: Set<String> = []

  func add(_ text: String, at offset: Int) {
    problems.append((offset, text))
  }

  func know(_ key: String) {
    knownKeys.insert(key)
  }
}

/// One object of the configuration, read key by key. A key that is asked for is thereby a known
/// one; `finish` complains about the others.
final class ConfigurationObject {
  /// `requests`, or empty for the outermost object.
  private let path: String
  /// As `path`, with `*` for a name that the operator chose among the tables.
  private let pattern: String
  private let offset: Int
  private let problems: ProblemList
  private(set) var members: [JSONMember] = []
  private var asked: [String] = []
  /// Whether the file has no such object, so that nothing can be missing from it.
  private let isAbsent: Bool

  /// Complains about a key that stands twice; the first of them counts. Without `members` the
  /// object is absent.
  init(
    path: String, pattern: String, offset: Int, members: [JSONMember]?, problems: ProblemList
  ) {
    isAbsent = members == nil
    (self.path, self.pattern, self.offset) = (path, pattern, offset)
    self.problems = problems
    var seen: Set<String> = []
    for member in members ?? [] {
      if seen.insert(member.key).inserted {
        self.members.append(member)
      } else {
        let text = "\(keyPath(member.key)) stands more than once; keep one"
        problems.add(text, at: member.offset)
      }
    }
  }

  /// A key as complaints name it: `"requests.reserve"`.
  func keyPath(_ key: String) -> String {
    (path.isEmpty ? key : "\(path).\(key)").quoted(limit: 120)
  }

  private func member(_ key: String) -> JSONMember? {
    asked.append(key)
    problems.know(pattern.isEmpty ? key : "\(pattern).\(key)")
    return members.first { $0.key == key }
  }

  /// The value of a key as a rule reads it; nil when the key is missing or the rule complains.
  func value<Value>(
    _ key: String, _ rule: (JSONValue) throws(Complaint) -> Value
  ) -> Value? {
    guard let member = member(key) else { return nil }
    do {
      return try rule(member.node.value)
    } catch {
      problems.add("\(keyPath(key)) \(error.text)", at: member.offset)
      return nil
    }
  }

  /// As `value`, for a key that must stand. `purpose` says what it is for.
  func required<Value>(
    _ key: String, for purpose: String, _ rule: (JSONValue) throws(Complaint) -> Value
  ) -> Value? {
    require(key, for: purpose)
    return value(key, rule)
  }

  /// Complains when a key is missing.
  func require(_ key: String, for purpose: String) {
    if !isAbsent, !members.contains(where: { $0.key == key }) {
      problems.add("\(keyPath(key)) is missing; it \(purpose)", at: offset)
    }
  }

  /// The object under a key; an empty one when the key is missing or holds something else.
  func object(_ key: String) -> ConfigurationObject {
    guard let member = member(key) else { return nested(key, key, at: offset, nil) }
    return object(of: member, pattern: key)
  }

  /// The object that a member holds; `pattern` stands for its key among the known keys.
  func object(of member: JSONMember, pattern key: String) -> ConfigurationObject {
    guard case .object(let members) = member.node.value else {
      let complaint = ValueRules.wrong(member.node.value, "an object")
      problems.add("\(keyPath(member.key)) \(complaint.text)", at: member.offset)
      return nested(member.key, key, at: member.offset, nil)
    }
    return nested(member.key, key, at: member.offset, members)
  }

  private func nested(
    _ key: String, _ pattern: String, at offset: Int, _ members: [JSONMember]?
  ) -> ConfigurationObject {
    ConfigurationObject(
      path: path.isEmpty ? key : "\(path).\(key)",
      pattern: self.pattern.isEmpty ? pattern : "\(self.pattern).\(pattern)",
      offset: offset, members: members, problems: problems)
  }

  /// Complains about every key that nobody asked for.
  func finish() {
    for member in members where !asked.contains(member.key) {
      problems.add(complaint(aboutUnknown: member.key), at: member.offset)
    }
  }

  private func complaint(aboutUnknown key: String) -> String {
    let secrets = ["token", "secret", "password", "credential", "apikey", "authorization"]
    let plain = key.lowercased().filter { $0 != "_" && $0 != "-" }
    if secrets.contains(where: plain.contains), !plain.contains("file") {
      return "\(keyPath(key)) is not a key: the token never stands in the configuration; "
        + "put it in a file named by token_file"
    }
    if let nearest = nearestName(to: key, among: asked) {
      return "\(keyPath(key)) is not a key; did you mean \"\(nearest)\"?"
    }
    let known = asked.map { "\"\($0)\"" }.joined(separator: ", ")
    return "\(keyPath(key)) is not a key; the keys here are \(known)"
  }
}
