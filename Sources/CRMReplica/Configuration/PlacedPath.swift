internal import Glibc
internal import ReplicaFile

extension String {
  /// The path that a configuration in this folder means: `~` is the user's home, and what is no
  /// absolute path begins in the folder, which is empty for the one that the process works in.
  func placed(in folder: String) -> String {
    if self == "~" || hasPrefix("~/") { return String.home + dropFirst() }
    return folder.isEmpty || hasPrefix("/") ? self : (folder == "/" ? "/" : folder + "/") + self
  }

  /// The folder of a file, empty for one in the folder that the process works in.
  var folder: String {
    guard let end = lastIndex(of: "/") else { return "" }
    return end == startIndex ? "/" : String(self[..<end])
  }

  /// The path from the root of the file system on.
  var absolute: String {
    guard !hasPrefix("/"), let found = getcwd(nil, 0) else { return self }
    defer { free(found) }
    return placed(in: String(cString: found))
  }

  /// The home of the user (environ(7), getpwuid(3)).
  private static var home: String {
    if let home = getenv("HOME"), home.pointee != 0 { return String(cString: home) }
    return getpwuid(getuid())?.pointee.pw_dir.map { String(cString: $0) } ?? "/"
  }
}

extension JSONValue {
  /// The value of a key of this kind, a path as it is meant. What may be a secret in the place of a
  /// path stays as it is, lest a folder before it make it look like one.
  func placed(in folder: String, as kind: ValueKind) -> JSONValue {
    guard case .string(let text) = self, !text.isEmpty else { return self }
    let path = text.placed(in: folder)
    switch kind {
    case .path: return .string(path)
    case .secretPath: return text.namesAFile || access(path, F_OK) == 0 ? .string(path) : self
    default: return self
    }
  }
}
