/// The folders of a target as rooms, one above the other: a file may mention what its own room and
/// those below it declare, and nothing from above.
///
/// Mentions are found by name, as the compiler holds no direction inside one target. What counts is
/// what a room declares for others: its types, functions, constants and type aliases at the top of
/// a file, and the members of its extensions, of these only names of several words that no other
/// room declares, for a name such as `text` does not say whose it is. The names of `main.swift` are
/// its own.
struct Rooms {
  /// From the lowest to the highest: folders, or files that stand alone, by their path.
  let order: [String]
  private let files: [String: SwiftCode]
  private var names: [String: Set<Int>] = [:]
  private var members: [String: Set<Int>] = [:]
  /// Every name that a room gives to anything, also inside of types and functions.
  private var allNames: [String: Set<Int>] = [:]

  /// `files` are the texts by their paths in the target.
  init(_ files: [String: String], order: [String]) {
    self.order = order
    self.files = files.mapValues { SwiftCode($0) }
    for (path, code) in self.files {
      if let room = room(of: path), !path.hasSuffix("main.swift") { declare(code, room) }
    }
  }

  /// What is out of order, a line each.
  var complaints: [String] {
    let empty = order.indices.filter { room in !files.keys.contains { self.room(of: $0) == room } }
    return empty.map { "\(order[$0]) is empty" }
      + files.keys.sorted().flatMap { path -> [String] in
        guard let room = room(of: path) else { return ["\(path) stands in no room"] }
        return complaints(about: path, room)
      }
  }

  private func complaints(about path: String, _ room: Int) -> [String] {
    let words = files[path].map { Set(SwiftCode.words($0.text)) } ?? []
    return words.sorted().compactMap { word in
      guard !allNames[word, default: []].contains(room) else { return nil }
      var above = names[word, default: []].filter { $0 > room }
      if allNames[word]?.count == 1 {
        above.formUnion(members[word, default: []].filter { $0 > room })
      }
      guard let other = above.min() else { return nil }
      return "\(path) mentions \(word) of \(order[other]), which stands above"
    }
  }

  /// The room that a file is in: the longest of the paths that lead to it.
  private func room(of path: String) -> Int? {
    order.indices.filter { path == order[$0] || path.hasPrefix(order[$0] + "/") }
      .max { order[$0].utf8.count < order[$1].utf8.count }
  }

  // MARK: Declarations

  private mutating func declare(_ code: SwiftCode, _ room: Int) {
    var isInExtension = false
    for line in code.lines {
      let words = SwiftCode.words(line)
      for (word, next) in zip(words, words.dropFirst())
      where Self.kinds.contains(word) || word == "case" {
        allNames[next, default: []].insert(room)
      }
      let indent = line.prefix { $0 == " " }.count
      if indent == 0 {
        if let name = Self.declared(words) { names[name, default: []].insert(room) }
        if line.first?.isLetter ?? false { isInExtension = words.first == "extension" }
      } else if indent == 2, isInExtension, let name = Self.declared(words), Self.isLong(name) {
        members[name, default: []].insert(room)
      }
    }
  }

  private static let kinds: Set<String> = [
    "struct", "enum", "class", "protocol", "actor", "func", "typealias", "let", "var",
  ]
  private static let modifiers: Set<String> = [
    "final", "indirect", "package", "static", "mutating", "nonisolated", "convenience",
  ]

  /// The name that a line declares for other files.
  private static func declared(_ words: [String]) -> String? {
    let rest = words.drop { modifiers.contains($0) }
    guard let kind = rest.first, kinds.contains(kind) else { return nil }
    return rest.dropFirst().first
  }

  /// Whether a name is made of several words.
  private static func isLong(_ name: String) -> Bool {
    name.dropFirst().contains { $0.isUppercase }
  }
}
