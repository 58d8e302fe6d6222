internal import Glibc
internal import Model

/// A time zone as the host's database describes it (tzfile(5), RFC 8536): how far its clocks are
/// ahead of UTC, and since when.
///
/// The process has one zone of its own (tzset(3)), and this is another one.
struct ZoneFile: Sendable, Hashable {
  struct Offset: Sendable, Hashable {
    let from: Timestamp
    /// Ahead of UTC.
    let seconds: Int64
  }

  /// In order of time. The first holds before its instant too.
  let offsets: [Offset]

  static let utc = ZoneFile(offsets: [])

  /// The zone of that IANA name, or nil where the host knows none.
  init?(named name: String) {
    if name == "UTC" {
      self = .utc
      return
    }
    // No name leads out of the folder.
    let isName = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2d, 0x2f, 0x5f: true
      default: false
      }
    }
    guard isName, !name.isEmpty, !name.hasPrefix("/"),
      let file = try? SmallFile(at: "\(Self.folder)/\(name)", limit: 64 << 10)
    else { return nil }
    self.init(file.bytes)
  }

  private init(offsets: [Offset]) { self.offsets = offsets }

  private static var folder: String {
    getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"
  }

  /// Nil where the bytes are no such file of version 2 or later.
  init?(_ bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0, width: 4), first.version >= 0x32,
      let header = Header(bytes, at: first.end, width: 8)
    else { return nil }
    let (times, kinds) = (header.start, header.start + header.times * 8)
    let types = kinds + header.times
    func seconds(_ type: Int) -> Int64 {
      Int64(Int32(truncatingIfNeeded: Self.number(bytes, types + type * 6, 4)))
    }
    guard header.types > 0,
      bytes[kinds..<types].allSatisfy({ Int($0) < header.types })
    else { return nil }
    var offsets = [Offset(from: Timestamp(Self.past), seconds: seconds(0))]
    for index in 0..<header.times {
      let instant = Self.number(bytes, times + index * 8, 8)
      guard instant > offsets[offsets.count - 1].from.seconds else { continue }
      offsets.append(
        Offset(from: Timestamp(instant), seconds: seconds(Int(bytes[kinds + index]))))
    }
    // The text behind tells what follows the last change.
    let footer = String(decoding: bytes[header.end...].drop { $0 == 0x0a }, as: UTF8.self)
    if let rule = ZoneRule(footer.prefix { $0 != "\n" }) {
      let last = offsets[offsets.count - 1].from.seconds
      offsets += rule.offsets.filter { $0.from.seconds > last }
    }
    self.offsets = offsets
  }

  /// The year 1900: no record is older.
  private static let past: Int64 = -2_208_988_800

  /// A number of so many bytes, the highest first.
  private static func number(_ bytes: [UInt8], _ start: Int, _ width: Int) -> Int64 {
    let sum = bytes[start..<start + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int64(bitPattern: sum)
  }

  /// The head of one of the two blocks, the second of which has instants of 64 bits.
  private struct Header {
    let version: UInt8
    let times: Int
    let types: Int
    let start: Int
    let end: Int

    init?(_ bytes: [UInt8], at start: Int, width: Int) {
      guard bytes.count >= start + 44, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
        return nil
      }
      version = bytes[start + 4]
      let counts = (0..<6).map { Int(ZoneFile.number(bytes, start + 20 + $0 * 4, 4)) }
      (times, types, self.start) = (counts[3], counts[4], start + 44)
      let abbreviations = counts[5]
      let (utc, standard, leaps) = (counts[0], counts[1], counts[2])
      end =
        self.start + times * (width + 1) + types * 6 + abbreviations + leaps * (width + 4)
        + standard + utc
      guard end <= bytes.count else { return nil }
    }
  }
}
