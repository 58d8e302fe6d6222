internal import CReference
internal import FoundationEssentials
internal import Glibc
internal import Model
@testable internal import ReplicaFile

/// Decoding alone, in one process: the engine's decoder, the yardstick and Foundation's.
enum Parse {
  /// Prints one line a round: seconds of one pass over all pages by each of the three.
  static func run(_ folder: PageFolder, rounds: Int, passes: Int) throws {
    var bodies = try (1...folder.pages).map { try Files.read("\(folder.path)/\($0).json") }
    for index in bodies.indices { bodies[index] += [UInt8](repeating: 0, count: 8) }
    let few = Array(bodies.prefix(max(1, folder.pages / 10)))
    let share = Double(bodies.reduce(0) { $0 + $1.count }) / Double(few.reduce(0) { $0 + $1.count })
    var decoder = PageDecoder(
      Layout(Engine.table(.parties)), envelopes: ["parties"], total: ("meta", "totalCount"))
    let fingerprint = Reference.fingerprint
    for round in 0..<rounds {
      let work: [() throws -> (Double, UInt64)] = [
        { try best(passes) { try swift(&decoder, bodies) } },
        { best(passes) { c(bodies, fingerprint) } },
        {
          let (seconds, sum) = try best(1) { try foundation(few) }
          return (seconds * share, sum)
        },
      ]
      var results = [(Double, UInt64)](repeating: (0, 0), count: work.count)
      let order = round % 2 == 0 ? Array(work.indices) : work.indices.reversed()
      for index in order { results[index] = try work[index]() }
      guard results[0].1 == results[1].1 else {
        throw Complaint("the decoder and the yardstick disagree about what the pages hold")
      }
      print(results.map { "\($0.0)" }.joined(separator: " "))
    }
  }

  /// The shortest of some passes: the others were disturbed.
  private static func best(
    _ passes: Int, _ work: () throws -> UInt64
  ) rethrows -> (Double, UInt64) {
    var shortest = Double.infinity
    var sum: UInt64 = 0
    for _ in 0..<passes {
      let start = Child.now()
      sum = try work()
      shortest = min(shortest, Child.now() - start)
    }
    return (shortest, sum)
  }

  private static func swift(_ decoder: inout PageDecoder, _ bodies: [[UInt8]]) throws -> UInt64 {
    var sum: UInt64 = 0
    for body in bodies {
      try decoder.decode(body, given: [[:]])
      for record in decoder.page.records { sum &+= record.digest }
    }
    return sum
  }

  private static func c(_ bodies: [[UInt8]], _ fingerprint: UInt64) -> UInt64 {
    var result = reference_result()
    for body in bodies {
      body.withUnsafeBufferPointer {
        reference_decode($0.baseAddress, $0.count - 8, fingerprint, &result)
      }
    }
    return result.digests
  }

  private static func foundation(_ bodies: [[UInt8]]) throws -> UInt64 {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    var records = 0
    for body in bodies {
      records += try decoder.decode(CodableParty.Page.self, from: Data(body.dropLast(8)))
        .parties.count
    }
    return UInt64(records)
  }
}
