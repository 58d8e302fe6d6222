package import SQLite

/// A decoded page together with its bytes, which stay where they are while the page is stored.
package struct PageBytes {
  package let page: DecodedPage
  let body: UnsafeRawBufferPointer
  let scratch: UnsafeRawBufferPointer

  /// Holds the page's bytes still for the time of `work`.
  package static func hold<T>(
    _ page: DecodedPage, _ body: [UInt8], _ work: (PageBytes) throws -> T
  ) rethrows -> T {
    try body.withUnsafeBytes { bodyBytes in
      try page.scratch.withUnsafeBytes { scratchBytes in
        try work(PageBytes(page: page, body: bodyBytes, scratch: scratchBytes))
      }
    }
  }

  func kind(_ slot: Int) -> DecodedPage.Slot.Kind { page.slots[slot].kind }
  func isAbsent(_ slot: Int) -> Bool { page.slots[slot].isAbsent }

  /// Binds a slot without copying its bytes.
  @inline(__always)
  func bind(_ slot: Int, to statement: Statement, at index: Int) throws {
    let slot = page.slots[slot]
    switch slot.kind {
    case .null: try statement.bindNull(at: index)
    case .integer: try statement.bind(slot.integer, at: index)
    case .real: try statement.bind(slot.real, at: index)
    case .body:
      try statement.bind(text: .init(rebasing: body[slot.start..<slot.end]), at: index)
    case .scratch:
      try statement.bind(text: .init(rebasing: scratch[slot.start..<slot.end]), at: index)
    }
  }

  /// A slot as a value of its own.
  package func value(_ slot: Int) -> Value {
    let slot = page.slots[slot]
    return switch slot.kind {
    case .null: .null
    case .integer: .integer(slot.integer)
    case .real: .real(slot.real)
    case .body: .text(String(decoding: body[slot.start..<slot.end], as: UTF8.self))
    case .scratch: .text(String(decoding: scratch[slot.start..<slot.end], as: UTF8.self))
    }
  }
}
