internal import HTTP
internal import ReplicaFile

extension ValueRule<BaseURL> {
  /// The address that every request begins with. Complaints do not repeat it: it may hold a
  /// password.
  static let address = ValueRule(
    kind: .address,
    read: { value throws(Complaint) in
      let example = ValueKind.address.right
      guard case .string(let url) = value else { throw value.wrong(example) }
      do throws(BaseURLError) {
        return try BaseURL(url)
      } catch {
        let text =
          switch error.problem {
          case .unsupportedScheme: "does not begin with \"https://\"; it must be \(example)"
          case .userInformation:
            "has a user or password; the token alone says who asks; it must be \(example)"
          case .queryOrFragment: "has a query or a fragment; it must be \(example)"
          case .insecure:
            "begins with \"http://\", which would send the token in the clear; "
              + "use \"https://\" (\"http://\" is for loopback addresses alone)"
          case .malformed: "is no address that can be read; write \"https://HOST[:PORT]/PATH\""
          }
        throw Complaint(text)
      }
    }, write: { .string($0.description) })
}
