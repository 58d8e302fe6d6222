internal import CReference
internal import HTTP
internal import ReplicaFile
internal import Replication
internal import SQLite

/// What runs in a process of its own, so that the kernel counts what it costs.
enum ChildWork {
  static func run(_ arguments: [String]) throws {
    if arguments.first != "fetch", arguments.first != "c" { CurlTransport.keepMemory() }
    func number(_ index: Int) -> Int { arguments.count > index ? Int(arguments[index]) ?? 0 : 0 }
    guard arguments.count > 3, let resource = Resource(rawValue: arguments[1]) else {
      throw Complaint("child needs its work, a table, a place and a number of pages")
    }
    let (place, pages) = (arguments[2], number(3))
    switch arguments[0] {
    case "pages":
      // child pages TABLE FOLDER PAGES VARIANT plain|compressed|both
      let variant = PageFolder.Variant(rawValue: arguments[4]) ?? .plain
      let form = arguments[5]
      _ = try PageFolder(
        resource, pages: pages, variant, in: place, isCompressed: form != "plain",
        keeps: form != "compressed")
    case "account":
      // child account parties DATABASE PAGES
      try AccountFile.make(place, Account(pages: pages))
    case "statements":
      // child statements TABLE FILE PAGES
      try Reference(database: "\(place).sqlite").save(place)
    case "database":
      try Engine.makeDatabase(place, resource)
    case "parse":
      // child parse TABLE FOLDER PAGES ROUNDS PASSES
      let folder = try PageFolder(resource, pages: pages, in: place)
      try Parse.run(folder, rounds: number(4), passes: number(5))
    case "swift":
      // child swift TABLE DATABASE PAGES FOLDER full|changes
      let folder = arguments[4]
      let counts = try Engine.store(
        resource, in: place, pages: pages, isFull: arguments.last == "full"
      ) { try Files.read("\(folder)/\($0).json") }
      print("read \(counts.read) inserted \(counts.inserted) unchanged \(counts.unchanged)")
    case "c":
      // child c parties DATABASE PAGES FOLDER-OR-URL STATEMENTS CONCURRENCY
      let source = arguments[4]
      let isURL = source.hasPrefix("http")
      let result = try Reference(file: arguments[5]).store(
        in: place, folder: isURL ? nil : source, url: isURL ? source : nil, pages: pages,
        concurrency: number(6))
      print("read \(result.records) inserted \(result.inserted) unchanged \(result.unchanged)")
    case "copy":
      // child copy TABLE DATABASE 0 SOURCE: the rows of another file, and nothing but that
      try Engine.copy(resource, from: arguments[4], to: place)
    case "checksum":
      print(Checksum.text(place, resource))
    case "vtiger":
      // child vtiger parties - PAGES: until its socket closes
      try VtigerServer.serve(pages: pages)
    case "fetch-swift":
      // child fetch-swift TABLE BASE PAGES CONCURRENCY
      let bytes = try Engine.fetch(
        resource, base: place, pages: pages, concurrency: number(4))
      print("bytes \(bytes)")
    case "fetch":
      // child fetch parties URL PAGES CONCURRENCY
      print("bytes \(Reference.fetch(place, pages: pages, concurrency: number(4)).bytes)")
    default: throw Complaint("child knows no \(arguments[0])")
    }
  }
}
