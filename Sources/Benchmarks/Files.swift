internal import Glibc
internal import Model

/// Small dealings with files.
enum Files {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  static func read(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw Complaint("cannot read \(path)") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Complaint("cannot read \(path)") }
    var bytes: [UInt8] = []
    // What the kernel makes up has no size.
    let capacity = status.st_size > 0 ? Int(status.st_size) + 8 : 65_536
    bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      while count < buffer.count {
        let taken = Glibc.read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
        guard taken > 0 else { break }
        count += taken
      }
    }
    return bytes
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw Complaint("cannot write \(path)") }
    defer { close(file) }
    var written = 0
    try bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        let count = Glibc.write(
          file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        guard count > 0 else { throw Complaint("cannot write \(path)") }
        written += count
      }
    }
  }

  static func copy(_ path: String, to copy: String) throws {
    try Child(["cp", path, copy]).succeed()
  }

  static func makeFolder(_ path: String) throws { try Child(["mkdir", "-p", path]).succeed() }

  static func remove(_ path: String) throws { try Child(["rm", "-rf", path]).succeed() }

  /// Removes a database and what lies beside it.
  static func removeDatabase(_ path: String) {
    for suffix in ["", "-wal", "-shm", ".lock"] { unlink(path + suffix) }
  }
}

/// Why a benchmark cannot go on.
struct Complaint: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
