internal import Model
internal import ReplicaFile

/// What is wrong with one text, collected while it is read.
final class ProblemList {
  private(set) var problems: [(offset: Int, text: String)] = []

  func add(_ text: String, at offset: Int) {
    problems.append((offset, text))
  }
}

/// One object of the configuration, read key by key. A key that is asked for is thereby a known
/// one; `finish` complains about the others.
final class ConfigurationObject {
  /// `requests`, or empty for the outermost object.
  private let path: String
  /// What decides which keys there are; nil where nobody knows it.
  private let kind: SourceKind?
  /// Where paths begin.
  private let folder: String
  private let offset: Int
  let problems: ProblemList
  private(set) var members: [JSONMember] = []
  private var asked: [String] = []
  /// Keys of other kinds.
  private var refused: Set<String> = []
  /// Whether the file has no such object, so that nothing can be missing from it.
  private let isAbsent: Bool

  /// Complains about a key that stands twice; the first of them counts. Without `members` the
  /// object is absent. Paths begin in `folder`.
  init(
    path: String, offset: Int, members: [JSONMember]?, problems: ProblemList,
    kind: SourceKind? = nil, folder: String = ""
  ) {
    isAbsent = members == nil
    self.folder = folder
    (self.path, self.offset, self.kind) = (path, offset, kind)
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
  func keyPath(_ key: String) -> String { wholePath(key).quoted(limit: 120) }

  private func wholePath(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func member(_ key: String) -> JSONMember? {
    asked.append(key)
    return members.first { $0.key == key }
  }

  /// The value of a key as a rule reads it; nil when the key is missing or the rule complains.
  func value<Value>(
    _ key: String, _ rule: ValueRule<Value>
  ) -> Value? {
    guard let member = member(key) else { return nil }
    do {
      return try rule.read(member.node.value.placed(in: folder, as: rule.kind))
    } catch {
      problems.add("\(keyPath(key)) \(error.text)", at: member.offset)
      return nil
    }
  }

  /// Complains when a key is missing. `purpose` says what it is for.
  func require(_ key: String, for purpose: String) {
    if !isAbsent, !members.contains(where: { $0.key == key }) {
      problems.add("\(keyPath(key)) is missing; it \(purpose)", at: offset)
    }
  }

  /// Complains when a key that stands has another beside it that takes its place.
  func refuse(_ other: String, beside key: String) {
    if let member = members.first(where: { $0.key == key }),
      members.contains(where: { $0.key == other })
    {
      problems.add(
        "\(keyPath(key)) and \(keyPath(other)) exclude each other; keep one", at: member.offset)
    }
  }

  /// The object under a key; an empty one when the key is missing or holds something else.
  func object(_ key: String) -> ConfigurationObject {
    objectIfGiven(key) ?? nested(key, at: offset, nil)
  }

  /// The object under a key, or nil when the key is missing.
  func objectIfGiven(_ key: String) -> ConfigurationObject? {
    member(key).map { object(of: $0) }
  }

  /// The object that a member holds; an empty one when it holds something else.
  func object(of member: JSONMember) -> ConfigurationObject {
    guard case .object(let members) = member.node.value else {
      let complaint = member.node.value.wrong("an object")
      problems.add("\(keyPath(member.key)) \(complaint.text)", at: member.offset)
      return nested(member.key, at: member.offset, nil)
    }
    return nested(member.key, at: member.offset, members)
  }

  private func nested(
    _ key: String, at offset: Int, _ members: [JSONMember]?
  ) -> ConfigurationObject {
    ConfigurationObject(
      path: wholePath(key), offset: offset, members: members, problems: problems, kind: kind,
      folder: folder)
  }

  // MARK: Keys by kind

  /// Whether only sources of another kind have this key. Complains when it stands.
  func refuseForeign(_ key: String) -> Bool {
    guard let kind, kind.foreignKeys.contains(wholePath(key)) else { return false }
    if let member = member(key) {
      let owners = SourceKind.allCases.filter { $0.ownKeys.contains(wholePath(key)) }
        .map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      problems.add(
        "\(keyPath(key)) is a key of sources of the kind \(owners); this one is "
          + "\"\(kind.rawValue)\"", at: member.offset)
    }
    asked.removeAll { $0 == key }
    refused.insert(key)
    return true
  }

  /// Complains when a key is missing that this kind needs.
  func requireOwn() {
    for (path, purpose) in kind?.requiredKeys ?? [] {
      guard let dot = path.lastIndex(of: "."), path[..<dot] == self.path else { continue }
      require(String(path[path.index(after: dot)...]), for: purpose)
    }
  }

  /// Complains about every key that nobody asked for.
  func finish() {
    for member in members where !asked.contains(member.key) && !refused.contains(member.key) {
      problems.add(complaint(aboutUnknown: member.key), at: member.offset)
    }
  }

  private func complaint(aboutUnknown key: String) -> String {
    let secrets = [
      "token", "secret", "password", "credential", "apikey", "accesskey", "authorization",
    ]
    let plain = key.lowercased().filter { $0 != "_" && $0 != "-" }
    let nearest = nearestName(to: key, among: asked)
    // A slip in the name of a key is none in keeping a secret: only a shorter name stands for one.
    let isSlip = nearest.map { abs($0.count - key.count) <= 1 } ?? false
    if secrets.contains(where: plain.contains), !plain.contains("file"), !isSlip {
      let names = kind?.secretNames ?? .token
      let file = asked.contains("\(key)_file") ? "\(key)_file" : names.key
      let secret = file == names.key ? names.word : "secret"
      return "\(keyPath(key)) is not a key: the \(secret) never stands in the configuration; "
        + "put it in a file named by \(file)"
    }
    if let nearest {
      return "\(keyPath(key)) is not a key; did you mean \"\(nearest)\"?"
    }
    // An editor's key is nobody's to write.
    let known = asked.filter { !$0.hasPrefix("$") }.map { "\"\($0)\"" }.joined(separator: ", ")
    return "\(keyPath(key)) is not a key; the keys here are \(known)"
  }
}
