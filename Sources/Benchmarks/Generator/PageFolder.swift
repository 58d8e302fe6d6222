internal import Glibc
internal import Model
internal import Simulation

/// A folder of pages, `1.json` and so on, made once and used again.
struct PageFolder {
  enum Variant: String {
    case plain
    /// A hundredth of the records has changed.
    case changed
    /// The ids come in random order.
    case shuffled
  }

  static let recordsOfPage = 100
  static let seed: UInt64 = 20_261_120
  /// Goes up when the generator writes other pages.
  private static let version = 1

  let resource: Resource
  let pages: Int
  let variant: Variant
  let path: String

  var records: Int { pages * Self.recordsOfPage }

  /// `keeps` says whether the pages are wanted as they are too, not only compressed.
  init(
    _ resource: Resource, pages: Int, _ variant: Variant = .plain, in folder: String,
    isCompressed: Bool = false, keeps: Bool = true
  ) throws {
    self.resource = resource
    self.pages = pages
    self.variant = variant
    path = "\(folder)/v\(Self.version)-\(resource)-\(variant)-\(pages)"
    let plain = "\(path)/plain"
    let compressed = "\(path)/compressed"
    if keeps ? !Files.exists(plain) : !Files.exists(plain) && !Files.exists(compressed) {
      try write()
      try Files.write([], to: plain)
    }
    if isCompressed, !Files.exists(compressed) {
      try compress(keeps: keeps)
      if !keeps { try Files.remove(plain) }
      try Files.write([], to: compressed)
    }
  }

  /// Page `page`, from 1, without a folder.
  static func page(_ page: Int, of resource: Resource, pages: Int) -> [UInt8] {
    let numbers = Array((page - 1) * recordsOfPage..<page * recordsOfPage)
    return text(numbers, resource, RecordWriter(seed: seed), total: pages * recordsOfPage)
  }

  private static func text(
    _ numbers: some Sequence<Int>, _ resource: Resource, _ writer: RecordWriter, total: Int
  ) -> [UInt8] {
    var text = Writer(capacity: recordsOfPage * 2_000)
    text.beginObject()
    text.array(resource.path) { list in
      for number in numbers { resource.write(number, writer, &list) }
    }
    text.object("meta") { $0.member("totalCount", total) }
    text.endObject()
    return text.bytes
  }

  private func write() throws {
    try Files.makeFolder(path)
    var numbers = Array(0..<Int32(records))
    if variant == .shuffled {
      var draws = Draws(Self.seed ^ 7, 0)
      for index in numbers.indices.reversed() where index > 0 {
        numbers.swapAt(index, draws.below(index + 1))
      }
    }
    let writer = RecordWriter(seed: Self.seed, hasChanges: variant == .changed)
    for page in 0..<pages {
      let own = numbers[page * Self.recordsOfPage..<(page + 1) * Self.recordsOfPage]
      let text = Self.text(own.lazy.map { Int($0) }, resource, writer, total: records)
      try Files.write(text, to: "\(path)/\(page + 1).json")
    }
  }

  /// As a server keeps them ready: `gzip -6`.
  private func compress(keeps: Bool) throws {
    let names = (1...pages).map { "\(path)/\($0).json" }
    for start in stride(from: 0, to: names.count, by: 250) {
      let options = keeps ? ["-6", "-f", "-k"] : ["-6", "-f"]
      try Child(["gzip"] + options + names[start..<min(start + 250, names.count)]).succeed()
    }
  }
}
