package import Model

extension PageDecoder {
  /// Reads a page. Returns nil where the body is JSON; otherwise what the page was read from
  /// instead, and the records that were not as they came have their `damage`.
  ///
  /// A good body costs nothing: it is looked at again only when it could not be read.
  package mutating func decode(
    mending body: [UInt8], given: [[Int: Given]]
  ) throws(DecodeError) -> [UInt8]? {
    do throws(DecodeError) {
      try decode(body, given: given)
      return nil
    } catch {
      switch error.reason {
      case .truncated, .trailing, .noEnvelope, .tooLarge: throw error
      case .notJSON, .badString, .badNumber, .tooDeep: break
      }
      let mended = MendedBody(body)
      guard !mended.places.isEmpty else { throw error }
      do throws(DecodeError) { try decode(mended.bytes, given: given) } catch _ { throw error }
      for index in page.records.indices {
        page.records[index].damage = mended.damage(in: page.records[index].bytes)
      }
      return mended.bytes
    }
  }
}
