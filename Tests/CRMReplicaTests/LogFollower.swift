import Glibc
import SQLite
import Testing

/// A backup that follows the write-ahead log, as Litestream does: it holds a read transaction so
/// that nobody begins the log anew, copies the file once, and replays on its copy what is added to
/// the log. It writes back the log itself, now and then, and has two small tables in the file.
///
/// Source: sqlite.org/fileformat.html, section 4, "The Write-Ahead Log".
final class LogFollower {
  /// The log was emptied or begun anew before it was read to its end.
  struct LogReset: Error {}

  /// How the follower has the log written back.
  enum Checkpoint: String { case passive, restart, truncate }

  private static let pageSize = 4_096
  private static let headerSize = 32
  private static let frameHeaderSize = 24

  let copy: String
  /// Frames that were read since the log last began.
  private(set) var frames = 0
  private let log: String
  private let connection: Connection
  private let file: CInt
  /// Stays open: closing it would end all locks of this process on the file (fcntl(2)).
  private let original: CInt
  private var header: [UInt8] = []
  private var sum = Checksum()

  /// Begins to follow: makes its tables, holds the log and takes a copy of the file.
  init(_ database: String, copy: String) throws {
    self.copy = copy
    log = database + "-wal"
    connection = try Connection(path: database)
    try connection.execute(
      """
      PRAGMA wal_autocheckpoint = 0;
      CREATE TABLE IF NOT EXISTS _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);
      CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER);
      """)
    file = open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    original = open(database, O_RDONLY | O_CLOEXEC)
    try #require(file >= 0 && original >= 0)
    try hold()
    // Frames that were written back already are replayed on top of themselves.
    let size = Int(lseek(original, 0, SEEK_END))
    try write(read(original, size, at: 0), at: 0)
    try follow()
  }

  deinit {
    close(file)
    close(original)
  }

  /// Writes a row, so that the log has something that this reader needs, and begins to read.
  func hold() throws {
    try connection.execute(
      """
      INSERT INTO _litestream_seq VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET seq = seq + 1;
      BEGIN;
      SELECT count(*) FROM _litestream_seq;
      """)
  }

  /// Ends the read transaction: from now on the log may begin anew.
  func release() throws { try connection.run("COMMIT") }

  /// Has the log written back whole, and goes on with the new one.
  func checkpoint(_ kind: Checkpoint) throws {
    try follow()
    try release()
    let row = try connection.rows("PRAGMA wal_checkpoint(\(kind.rawValue))").first
    try #require(row?[0] == 0 && row?[1] == row?[2])
    try hold()
    header = []
    try follow()
  }

  /// Replays what the log has gained. Throws `LogReset` if something was missed.
  func follow() throws {
    let descriptor = open(log, O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let now = read(descriptor, Self.headerSize, at: 0)
    if header.isEmpty {
      try begin(now)
    } else if now != header {
      throw LogReset()
    }
    // A transaction may write its frames over again until it is committed: only then do they count.
    let size = Self.frameHeaderSize + Self.pageSize
    var (sum, count) = (sum, frames)
    var pages: [(number: Int, bytes: [UInt8])] = []
    while true {
      let frame = read(descriptor, size, at: Self.headerSize + count * size)
      // What lies behind the last frame is of a former log, or not written to its end.
      guard frame.count == size, frame[8..<16] == header[16..<24] else { return }
      sum.add(frame[0..<8])
      sum.add(frame[Self.frameHeaderSize...])
      guard sum.isSpelt(in: frame[16..<24]) else { return }
      count += 1
      pages.append((frame.word(at: 0), Array(frame[Self.frameHeaderSize...])))
      let length = frame.word(at: 4)
      guard length != 0 else { continue }
      for page in pages { try write(page.bytes, at: (page.number - 1) * Self.pageSize) }
      try #require(ftruncate(file, off_t(length * Self.pageSize)) == 0)
      (self.sum, frames, pages) = (sum, count, [])
    }
  }

  private func begin(_ header: [UInt8]) throws {
    try #require(header.count == Self.headerSize && header.word(at: 8) == Self.pageSize)
    sum = Checksum(isBigEndian: header.word(at: 0) & 1 == 1)
    sum.add(header[0..<24])
    try #require(sum.isSpelt(in: header[24..<32]))
    (self.header, frames) = (header, 0)
  }

  private func write(_ bytes: [UInt8], at offset: Int) throws {
    try #require(pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count)
  }

  private func read(_ descriptor: CInt, _ count: Int, at offset: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let length = pread(descriptor, &bytes, count, off_t(offset))
    return Array(bytes.prefix(max(0, length)))
  }
}

/// The sum that runs over the header and all frames of a log.
private struct Checksum {
  var isBigEndian = false
  private var low: UInt32 = 0
  private var high: UInt32 = 0

  init(isBigEndian: Bool = false) { self.isBigEndian = isBigEndian }

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { words in
      for offset in stride(from: 0, to: words.count, by: 8) {
        low = low &+ word(words, offset) &+ high
        high = high &+ word(words, offset + 4) &+ low
      }
    }
  }

  func isSpelt(in bytes: ArraySlice<UInt8>) -> Bool {
    let words = Array(bytes)
    return words.word(at: 0) == Int(low) && words.word(at: 4) == Int(high)
  }

  private func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
  }
}

extension [UInt8] {
  /// A number of four bytes, the highest first.
  fileprivate func word(at offset: Int) -> Int {
    self[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
  }
}
