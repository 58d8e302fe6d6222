internal import CReference
internal import Glibc
internal import Model
@testable internal import ReplicaFile
@testable internal import Replication

/// The yardstick in C, given the engine's own statements.
struct Reference {
  private let pragmas: [String]
  private let lookUp: String
  private let insert: String
  private let insertChildren: [String]
  private let indices: [String]
  /// What goes into each digest of the table.
  static var fingerprint: UInt64 { Layout(Engine.table(.parties)).fingerprint }
  /// Pages of a transaction, as the engine has them.
  static var grain: Int { Batch.pageLimit }

  /// Listens to the engine while it stores one page.
  init(database: String) throws {
    reference_trace()
    Files.removeDatabase(database)
    let page = PageFolder.page(1, of: .parties, pages: 1)
    _ = try Engine.store(.parties, in: database, pages: 1) { _ in page }
    reference_trace_end()
    Files.removeDatabase(database)
    var texts: [String] = []
    while let text = reference_traced(CInt(texts.count)) { texts.append(String(cString: text)) }
    func text(_ start: String) throws -> String {
      guard let found = texts.first(where: { $0.hasPrefix(start) }) else {
        throw Complaint("the engine runs no statement that begins with \(start)")
      }
      return found
    }
    // Of the file itself, and not of the connection: these are in it already.
    let kept = ["user_version", "application_id", "table_info", "wal_checkpoint"]
    pragmas = texts.filter { text in
      text.hasPrefix("PRAGMA ") && text.contains("=") && !kept.contains { text.contains($0) }
    }
    lookUp = try text("SELECT \"_digest\"")
    insert = try text("INSERT INTO \"parties\"")
    insertChildren = try Engine.table(.parties).children.map {
      try text("INSERT INTO \"\($0.table)\"")
    }
    indices = texts.filter { $0.hasPrefix("CREATE INDEX IF NOT EXISTS \"parties") }
  }

  /// The statements as a file, for a process that does nothing but measure.
  func save(_ path: String) throws {
    let groups = [pragmas, [lookUp, insert], insertChildren, indices]
    let text = groups.map { $0.joined(separator: "\u{1e}") }.joined(separator: "\u{1d}")
    try Files.write(Array(text.utf8), to: path)
  }

  init(file: String) throws {
    let groups = try Files.text(file).split(separator: "\u{1d}", omittingEmptySubsequences: false)
      .map { $0.split(separator: "\u{1e}").map(String.init) }
    guard groups.count == 4, groups[1].count == 2 else { throw Complaint("no statements") }
    (pragmas, insertChildren, indices) = (groups[0], groups[2], groups[3])
    (lookUp, insert) = (groups[1][0], groups[1][1])
  }

  /// Stores pages from a folder, or from a server where `%d` stands for the page.
  func store(
    in database: String, folder: String? = nil, url: String? = nil, pages: Int, concurrency: Int = 4
  ) -> reference_result {
    var result = reference_result()
    var copies: [UnsafeMutablePointer<CChar>?] = []
    func copy(_ text: String?) -> UnsafePointer<CChar>? {
      guard let text else { return nil }
      copies.append(strdup(text))
      return copies.last.flatMap { $0 }.map { UnsafePointer($0) }
    }
    defer { for pointer in copies { free(pointer) } }
    let pages = reference_pages(
      folder: copy(folder), url: copy(url), count: CInt(pages), concurrency: CInt(concurrency))
    (pragmas.map(copy) + [nil]).withUnsafeBufferPointer { pragmas in
      (insertChildren.map(copy) + [nil]).withUnsafeBufferPointer { children in
        (indices.map(copy) + [nil]).withUnsafeBufferPointer { indices in
          var statements = reference_statements(
            pragmas: pragmas.baseAddress, look_up: copy(lookUp), insert: copy(insert),
            insert_children: children.baseAddress, indices: indices.baseAddress,
            synced_at: copy("2026-11-21 08:00:00"))
          reference_store(
            database, pages, CInt(Self.grain), Self.fingerprint, &statements, &result)
        }
      }
    }
    return result
  }

  /// Fetches pages and throws them away.
  static func fetch(_ url: String, pages: Int, concurrency: Int) -> reference_result {
    var result = reference_result()
    url.withCString {
      let pages = reference_pages(
        folder: nil, url: $0, count: CInt(pages), concurrency: CInt(concurrency))
      reference_fetch(pages, &result)
    }
    return result
  }
}
