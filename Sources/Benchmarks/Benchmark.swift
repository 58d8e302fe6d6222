internal import Glibc
internal import Model

/// What was asked for, and what all measures share.
struct Benchmark {
  static let main = ["parse", "store", "fetch", "end-to-end", "resync", "latency"]
  static let others = [
    "memory", "random", "reader", "linear", "startup", "tables", "views", "vtiger",
  ]
  static let usage = """
    benchmarks [measure...|all] [--rounds N] [--pages N] [--quick] [--folder PATH]
      measures: \(main.joined(separator: " ")) (these unless named)
                \(others.joined(separator: " "))
      --rounds  runs of each contender, 5 unless said
      --pages   pages of a hundred records, 1000 unless said
      --quick   100 pages and 3 rounds
      --folder  where pages and databases are kept, .build/benchmarks/work unless said
    """

  private(set) var measures: [String] = []
  private(set) var rounds = 5
  private(set) var pages = 1_000
  private(set) var isQuick = false
  private(set) var folder = ".build/benchmarks/work"
  /// This program and the one that is measured, which are built together.
  let own: String
  let program: String
  var report = Report()

  init(_ arguments: [String]) throws {
    var path = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    own = String(decoding: path[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    program = own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/crm-replica"
    guard Files.exists(program) else {
      throw Complaint("\(program) is not there; it is built together with the benchmarks")
    }
    try parse(arguments)
    if !folder.hasPrefix("/") {
      guard let current = getcwd(nil, 0) else { throw Complaint("no current folder") }
      folder = "\(String(cString: current))/\(folder)"
      free(current)
    }
    try Files.makeFolder(folder)
  }

  private mutating func parse(_ arguments: [String]) throws {
    var left = arguments[...]
    var named: [String: Int] = [:]
    while let argument = left.popFirst() {
      switch argument {
      case "--quick": isQuick = true
      case "--folder": folder = left.popFirst() ?? folder
      case "--rounds", "--pages":
        guard let value = left.popFirst().flatMap({ Int($0) }), value > 0 else {
          throw Complaint("\(argument) needs a number\n\(Self.usage)")
        }
        named[argument] = value
      case "all": measures += Self.main + Self.others
      default:
        guard (Self.main + Self.others).contains(argument) else {
          throw Complaint("there is no \(argument)\n\(Self.usage)")
        }
        measures.append(argument)
      }
    }
    if measures.isEmpty { measures = Self.main }
    rounds = named["--rounds"] ?? (isQuick ? 3 : rounds)
    pages = named["--pages"] ?? (isQuick ? 100 : pages)
  }

  /// Runs the measures. Returns whether every bound is kept.
  mutating func run() throws -> Bool {
    for measure in measures {
      switch measure {
      case "parse": try parse()
      case "store": try store()
      case "fetch": try fetch()
      case "end-to-end": try endToEnd()
      case "resync": try resync()
      case "latency": try latency()
      case "memory": try memory()
      case "random": try random()
      case "reader": try reader()
      case "linear": try linear()
      case "startup": try startup()
      case "tables": try tables()
      case "views": try views()
      case "vtiger": try vtiger()
      default: break
      }
    }
    report.printTable()
    return !report.isMissed
  }

  // MARK: What measures share

  /// Does some work in a process of its own.
  func child(_ work: String, _ resource: Resource, _ arguments: String...) -> Child {
    Child([own, "child", work, resource.rawValue] + arguments)
  }

  /// Pages, made by another process, so that this one stays small: what it holds when it starts a
  /// child counts as the child's (getrusage(2), `ru_maxrss`).
  func makePages(
    _ resource: Resource, _ pages: Int, _ variant: PageFolder.Variant = .plain,
    form: String = "both"
  ) throws -> PageFolder {
    try child("pages", resource, folder, "\(pages)", variant.rawValue, form).succeed()
    return try PageFolder(
      resource, pages: pages, variant, in: folder, isCompressed: form != "plain",
      keeps: form != "compressed")
  }

  /// The engine's statements for the yardstick.
  func makeStatements() throws -> String {
    let path = "\(folder)/statements"
    try child("statements", .parties, path, "1").succeed()
    return path
  }

  func makeDatabase(_ path: String) throws {
    try child("database", .parties, path, "0").succeed()
  }

  /// Throws unless both files hold the same.
  func requireSame(_ database: String, _ other: String, _ resource: Resource = .parties) throws {
    let sums = try [database, other].map {
      try child("checksum", resource, $0, "0").succeed().output
    }
    guard sums[0] == sums[1] else {
      throw Complaint("the tables differ:\n\(sums[0])\n\(sums[1])")
    }
  }
}
