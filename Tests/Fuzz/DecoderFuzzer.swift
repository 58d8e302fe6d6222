import Capsule
@testable import Replication

/// Reads each input as a page of some tables (llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let body =
    Array(UnsafeBufferPointer(start: start, count: count))
    + Array(repeating: 0, count: JSONScanner.padding)
  for (table, layout) in layouts {
    let envelopes = [table.listings[0].envelope] + (table.secondEnvelope.map { [$0] } ?? [])
    var decoder = PageDecoder(layout, envelopes: envelopes)
    guard (try? decoder.decode(body, given: [])) != nil else { continue }
    PageBytes.hold(decoder.page, body) { source in
      for record in source.page.records {
        let extra = source.page.extraText(of: record, layout: layout, source.body)
        precondition(extra?.first == nil || extra?.first == UInt8(ascii: "{"))
        for slot in record.slots..<(record.slots + layout.width) { _ = source.value(slot) }
      }
    }
  }
  return 0
}

/// libFuzzer's own loop, by its C name.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ work: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The name that SwiftPM gives to the program's `main`.
@_cdecl("DecoderFuzzer_main")
func start(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> CInt {
  var (count, arguments) = (count, arguments)
  return run(&count, &arguments, { fuzz($0, $1) })
}

private let layouts = ["parties", "opportunities", "deleted_parties", "tracks", "custom_fields"]
  .compactMap { name in CapsuleSource.catalogue.first { $0.name == name } }
  .map { ($0, Layout($0)) }
