internal import Glibc

extension String {
  /// Whether a text that must name a file with a secret can be shown: it looks like a path, or it
  /// is the name of a file. Anything else may be the secret, put where the file's name belongs.
  var namesAFile: Bool {
    hasPrefix("/") || hasPrefix(".") || hasPrefix("~/") || count <= 20 || access(self, F_OK) == 0
  }
}
