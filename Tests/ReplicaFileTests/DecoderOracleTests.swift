import TestSupport
import Testing

@testable import ReplicaFile

/// The decoder against Foundation's `JSONDecoder`, over pages from seeds and over mutations.
///
/// Differences on purpose: half a surrogate pair is kept as sent where Foundation refuses it, a
/// number beyond Double is a misfit where Foundation refuses it, of a repeated key the last one
/// counts, nesting ends at 64, and a byte order mark is refused (RFC 8259, section 8.1 allows
/// both). Which spellings of a number fit is said by `DecoderScalarTests`.
@Suite struct DecoderOracleTests {
  @Test(arguments: 0..<20)
  func `pages from a seed agree`(seed: Int) throws {
    var pages = DecoderPages(seed: seed)
    var numbers = 0
    for number in 0..<150 {
      let page = pages.page()
      let json = try #require(OracleJSON(page.plain.utf8), "seed \(seed), page \(number)")
      let reading = try DecoderReading(page.sent)
      let records = json["things"]?.elements ?? []
      #expect(reading.page.records.count == records.count)
      var oracle = DecoderOracle(reading)
      for (index, record) in zip(reading.page.records.indices, records) {
        let difference = oracle.difference(of: index, from: record)
        #expect(difference == nil, "seed \(seed), page \(number): \(page.sent)")
      }
      numbers += oracle.numbers
    }
    #expect(numbers > 150)
  }

  /// A byte of a good page is changed: the page is refused, or read as Foundation reads it.
  @Test(arguments: 0..<8)
  func `a changed byte is an error or agrees`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let page = Array("{\"things\":[\(DecoderTruncationTests.record)]}".utf8)
    var accepted = 0
    for _ in 0..<250 {
      var body = page
      let at = Int.random(in: 0..<body.count, using: &random)
      body[at] = UInt8.random(in: 0...255, using: &random)
      let label = "seed \(seed), byte \(at) is \(body[at])"
      let json = OracleJSON(body)
      guard let reading = try? DecoderReading(body) else {
        // A list in the place of a record is JSON and no page.
        #expect(json?["things"]?.elements?.first?.members == nil, "\(label)")
        continue
      }
      accepted += 1
      guard let record = json?["things"]?.elements?.first else {
        // Half a surrogate pair, or a number beyond Double: kept as sent.
        #expect(reading.page.records[0].misfits > 0, "\(label)")
        continue
      }
      var oracle = DecoderOracle(reading)
      #expect(oracle.difference(of: 0, from: record) == nil, "\(label)")
    }
    #expect(accepted > 25)
  }
}
