internal import Glibc
internal import HTTP
internal import Simulation
internal import VtigerSimulator

/// A simulated account of Vtiger's in a process of its own, so that neither its time nor its memory
/// counts as the program's. A socket connects the two: a question is a byte, an answer a line.
final class VtigerServer {
  /// What the account says of itself.
  struct Standing {
    /// Requests and bytes of replies so far.
    var requests = 0
    var bytes = 0
    /// Records and lines that there are.
    var rows = 0
    /// CPU seconds of the process so far.
    var cpu = 0.0
  }

  /// What the simulated user's key is.
  static let accessKey = "QjHc7VqUuJwJd41p"

  let base: String
  private let process: pid_t
  private let end: CInt

  /// Returns once the account is made and served.
  init(_ own: String, pages: Int) throws {
    var ends: [CInt] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Complaint("no pair of sockets") }
    end = ends[0]
    process = try Child([own, "child", "vtiger", "parties", "-", "\(pages)"]).spawn(
      output: ends[1])
    close(ends[1])
    base = try Self.line(end)
    guard base.hasPrefix("http") else { throw Complaint("no account to serve: \(base)") }
  }

  func standing() throws -> Standing { try ask("?") }

  /// Changes the first contacts, one in a hundred.
  func change() throws { _ = try ask("!") }

  func stop() {
    close(end)
    var status: CInt = 0
    waitpid(process, &status, 0)
  }

  private func ask(_ question: String) throws -> Standing {
    guard write(end, question, 1) == 1 else { throw Complaint("the account is gone") }
    let text = try Self.line(end)
    let parts = text.split(separator: " ")
    guard parts.count == 4, let requests = Int(parts[0]), let bytes = Int(parts[1]),
      let rows = Int(parts[2]), let cpu = Double(parts[3])
    else { throw Complaint("the account says \(text)") }
    return Standing(requests: requests, bytes: bytes, rows: rows, cpu: cpu)
  }

  private static func line(_ end: CInt) throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(end, &byte, 1) == 1, byte != 10 { bytes.append(byte) }
    guard byte == 10 else { throw Complaint("the account is gone") }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: In the process of its own

  /// For each page a hundred contacts, and of the others in proportion.
  static func serve(pages: Int) throws {
    let size = VtigerSize(
      users: 12,
      records: [
        "Vendors": 20, "Products": 200, "Services": 20, "Contacts": pages * 100,
        "Accounts": pages * 20, "Potentials": pages * 50, "Invoice": pages * 10,
      ])
    let account = VtigerAccount(
      seed: PageFolder.seed, size: size, now: Int64(time(nil)), switches: .init(.cloud))
    account.accessKey = accessKey
    account.logLimit = 0
    account.minute.limit = 1_000_000
    account.hour.limit = 1_000_000
    account.day.limit = 1_000_000
    let server = LoopbackServer(CountedAccount(account))
    try server.start()
    answer(server.baseURL)
    var question: UInt8 = 0
    while read(1, &question, 1) == 1 {
      let standing = server.withAccount { [question] counted in
        if question == UInt8(ascii: "!") { counted.account.change(pages) }
        let rows = counted.account.visibleModules.map { counted.account.ids(of: $0).count }
        return "\(counted.requests) \(counted.bytes) \(rows.reduce(0, +))"
      }
      answer("\(standing) \(Double(clock()) / Double(CLOCKS_PER_SEC))")
    }
    server.stop()
  }

  private static func answer(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
  }
}

extension VtigerAccount {
  /// Gives so many contacts another title.
  fileprivate func change(_ count: Int) {
    now = Int64(time(nil))
    for id in ids(of: "Contacts").sorted().prefix(count) {
      revise(id, "title", "Head of Purchasing")
    }
  }
}

/// An account that counts what it answers.
private final class CountedAccount: SimulatedAccount {
  static var basePath: String { VtigerAccount.basePath }
  let account: VtigerAccount
  private(set) var requests = 0
  private(set) var bytes = 0

  init(_ account: VtigerAccount) { self.account = account }

  var now: Int64 {
    get { account.now }
    set { account.now = newValue }
  }
  var baseURL: String {
    get { account.baseURL }
    set { account.baseURL = newValue }
  }
  var authorization: String? { account.authorization }

  func respond(to request: WireRequest) -> WireReply {
    let reply = account.respond(to: request)
    requests += 1
    bytes += reply.body.count
    return reply
  }
}
