import Capsule
import HTTP

@testable import Model
@testable import ReplicaFile
@testable import Replication

/// Reads each input as a page of some tables, as one that is rewritten, as headers and as a refusal
/// (llvm.org/docs/LibFuzzer.html). `CRM_REPLICA_FUZZ` adds the target to the package:
///
///     CRM_REPLICA_FUZZ=1 swift build --scratch-path .build/fuzz --product DecoderFuzzer
///     SWIFT_BACKTRACE=enable=no .build/fuzz/debug/DecoderFuzzer -max_total_time=60
///
/// A folder named behind it keeps the inputs that reached new code. A finding ends the program and
/// is left in a file `crash-...`, which is read again when it is named instead of a folder. Swift's
/// own backtrace would read the stack past AddressSanitizer and hide what happened.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  readPages(input)
  readRewritten(input)
  if let source { readHeaders(input, source) }
  return 0
}

/// What does not begin as an object is taken for the inside of the list.
private func readPages(_ input: [UInt8]) {
  for (table, layout) in layouts {
    let envelopes = [table.listings[0].envelope] + (table.feed.map { [$0.restricted] } ?? [])
    let isWhole = input.first == UInt8(ascii: "{")
    let page = isWhole ? input : Array("{\"\(envelopes[0])\":[".utf8) + input + Array("]}".utf8)
    let body = page + Array(repeating: 0, count: JSONScanner.padding)
    var decoder = PageDecoder(layout, envelopes: envelopes, total: ("meta", "totalCount"))
    guard (try? decoder.decode(body, given: [])) != nil else { continue }
    PageBytes.hold(decoder.page, body) { source in
      for record in source.page.records {
        let extra = source.page.extraText(of: record, layout: layout, source.body)
        precondition(extra?.first == nil || extra?.first == UInt8(ascii: "{"))
        for slot in record.slots..<(record.slots + layout.width) { _ = source.value(slot) }
      }
    }
  }
}

/// Takes the lines of an input for the values of the headers that are read, `Link` last.
private func readHeaders(_ input: [UInt8], _ source: CapsuleSource) {
  let names = [
    "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Pagination-Has-More",
    "Date", "Link",
  ]
  let lines = input.split(
    separator: UInt8(ascii: "\n"), maxSplits: names.count - 1, omittingEmptySubsequences: false)
  var headers = Headers()
  for (name, line) in zip(names, lines) {
    headers.append(name, String(decoding: line, as: UTF8.self))
  }
  let request = Request("parties?page=1&perPage=100")
  let reply = source.reply(
    Response(status: 400, headers: headers, body: input), to: request)
  precondition(reply.date.map { Timestamp($0.sql) == $0 } ?? true)
  var pacer = Pacer(source.allowanceRules, reserve: 400)
  pacer.sent(at: .zero)
  pacer.saw(reply.allowances, date: reply.date ?? Timestamp(1_760_000_000), at: .zero)
  if case .notBefore(let instant) = pacer.permission(at: .zero, outstanding: 0) {
    precondition(instant <= .seconds(3_660))
  }
  precondition((reply.message?.utf8.count ?? 0) <= 4_096)
}

/// libFuzzer's own loop, by its C name.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ work: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The name that SwiftPM gives to the program's `main`.
@_cdecl("DecoderFuzzer_main")
func start(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> CInt {
  var (count, arguments) = (count, arguments)
  return run(&count, &arguments, { fuzz($0, $1) })
}

/// LeakSanitizer asks whether it is to stay quiet (sanitizer/lsan_interface.h). It cannot see the
/// pointers in Swift's globals, and would call what they own a leak.
@_cdecl("__lsan_is_turned_off")
func isLeakCheckOff() -> CInt { 1 }

private let source = try? CapsuleSource(base: BaseURL(CapsuleSource.defaultBaseURL))

private let layouts = ["parties", "opportunities", "deleted_parties", "tracks", "custom_fields"]
  .compactMap { name in CapsuleSource.catalogue.first { $0.name == name } }
  .map { ($0, Layout($0)) }
