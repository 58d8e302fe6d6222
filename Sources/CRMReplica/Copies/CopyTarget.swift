internal import Glibc
internal import ReplicaFile

/// The file at a path where a published copy is to be put: a copy of ours, or another's file.
struct CopyTarget {
  private let path: String
  /// nil when there is nothing.
  private let status: stat?
  /// The first bytes, as many as a database says what it is in.
  private let head: [UInt8]

  init(_ path: String) throws(PublishedCopyError) {
    self.path = path
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
    let descriptor = open(path, flags)
    guard descriptor >= 0 else {
      // A link that leads nowhere is replaced like one that leads to a copy: as a link.
      guard errno == ENOENT else {
        let reason = String(cString: strerror(errno))
        throw PublishedCopyError(text: "open \(path.onOneLine()): \(reason)")
      }
      (status, head) = (nil, [])
      return
    }
    defer { close(descriptor) }
    var status = stat()
    var head = [UInt8](repeating: 0, count: 100)
    guard fstat(descriptor, &status) == 0 else {
      throw PublishedCopyError(text: "stat \(path.onOneLine())")
    }
    let isFile = status.st_mode & S_IFMT == S_IFREG
    let count = isFile ? read(descriptor, &head, head.count) : 0
    (self.status, self.head) = (status, Array(head.prefix(max(count, 0))))
  }

  /// Throws unless there is nothing, an empty file, or a copy of a replica.
  func requireReplaceable(_ original: stat) throws(PublishedCopyError) {
    guard let status else { return }
    if status.isSameFile(as: original) { throw refusal("is the database itself") }
    guard status.isFile, head.isEmpty || isReplica else {
      throw refusal("is no copy of a replica, and is left as it is")
    }
    // A program that keeps a replica there has its lock beside it; a copy has none.
    if access(path + ".lock", F_OK) == 0 {
      throw refusal(
        "is a replica that is kept up to date, by the .lock beside it, and is left as it is")
    }
  }

  /// Throws unless there is nothing, or what a copy that was killed may have left.
  func requireLeftover(_ original: stat) throws(PublishedCopyError) {
    guard let status else { return }
    if status.isSameFile(as: original) { throw refusal("is the database itself") }
    // SQLite writes the first page of a copy last.
    guard status.isFile, head.allSatisfy({ $0 == 0 }) || isReplica else {
      throw refusal("stands where the copy is made, and is left as it is")
    }
  }

  private func refusal(_ what: String) -> PublishedCopyError {
    PublishedCopyError(text: "\(path.onOneLine()) \(what)")
  }

  /// Whether its header says so (sqlite.org/fileformat.html, "The Database Header").
  private var isReplica: Bool {
    let id = head.dropFirst(68).prefix(4).reduce(0) { $0 << 8 | Int64($1) }
    return head.starts(with: "SQLite format 3\0".utf8) && id == Bookkeeping.applicationID
  }
}

extension stat {
  fileprivate var isFile: Bool { st_mode & S_IFMT == S_IFREG }

  fileprivate func isSameFile(as other: stat) -> Bool {
    st_ino == other.st_ino && st_dev == other.st_dev
  }
}
