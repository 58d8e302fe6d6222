import Glibc

/// Why a small file could not be read.
enum SmallFileError: Error, Hashable {
  case missing
  case directory
  /// A pipe, a socket or a device.
  case notRegular
  /// `limit` in bytes.
  case tooLarge(limit: Int)
  /// Any other refusal of the system, by its errno.
  case system(CInt)

  /// What happened, as the end of a sentence that begins with the path.
  var text: String {
    switch self {
    case .missing: "does not exist"
    case .directory: "is a directory"
    case .notRegular: "is no regular file"
    case .tooLarge(let limit): "is larger than \(limit / 1_024) KiB"
    case .system(let code): "cannot be read (\(String(cString: strerror(code))))"
    }
  }
}

/// A file that is read whole, such as a configuration or a token.
struct SmallFile {
  let bytes: [UInt8]
  /// The permission bits of the file that was read, not of one that took its place since.
  let permissions: mode_t

  /// Reads a regular file of at most `limit` bytes. A pipe does not block it (open(2), O_NONBLOCK).
  init(at path: String, limit: Int) throws(SmallFileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .system(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: permissions = status.st_mode & 0o7777
    case S_IFDIR: throw .directory
    default: throw .notRegular
    }
    bytes = try Self.contents(of: descriptor, limit: limit)
  }

  private static func contents(
    of descriptor: CInt, limit: Int
  ) throws(SmallFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while bytes.count <= limit {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk[..<count]
      } else if errno != EINTR {
        throw .system(errno)
      }
    }
    throw .tooLarge(limit: limit)
  }
}
