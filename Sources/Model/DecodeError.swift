/// Why a reply cannot be read as a page. Offsets count bytes from the start of the body.
package struct DecodeError: Error, Sendable, Hashable {
  package enum Reason: String, Sendable, Hashable {
    case notJSON = "is not JSON"
    case truncated = "ends in the middle"
    case badString = "holds a string that is not valid UTF-8 or has a bad escape"
    case badNumber = "holds a number that JSON does not allow"
    case tooDeep = "is nested too deeply"
    case trailing = "goes on after its end"
    case noEnvelope = "lacks the list that was asked for"
    case tooLarge = "is larger than a page can be"
  }

  package let reason: Reason
  package let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
