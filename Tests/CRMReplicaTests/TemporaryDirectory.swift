import Glibc
import Testing

@testable import CRMReplica

/// A new directory that is removed with what it holds, one level deep.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/crm-replica-tests-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  /// Writes a file and returns its path.
  func file(_ name: String, _ content: [UInt8], permissions: mode_t = 0o600) throws -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(content.isEmpty || write(descriptor, content, content.count) == content.count)
    try #require(fchmod(descriptor, permissions) == 0)
    return file
  }

  deinit {
    if let entries = opendir(path) {
      while let entry = readdir(entries) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        remove("\(path)/\(name)")
      }
      closedir(entries)
    }
    rmdir(path)
  }
}
