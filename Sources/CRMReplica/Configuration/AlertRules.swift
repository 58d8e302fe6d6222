internal import HTTP
internal import ReplicaFile

extension ValueRule<CallAddress> {
  /// An address that is called when there is something to tell. Complaints do not repeat it: it may
  /// be all the secret that lets a call in.
  static let call = ValueRule(
    kind: .call,
    read: { value throws(Complaint) in
      let example = ValueKind.call.right
      guard case .string(let text) = value else { throw value.wrong(example) }
      do throws(BaseURLError) {
        return try CallAddress(text)
      } catch {
        let complaint =
          switch error.problem {
          case .unsupportedScheme: "does not begin with \"https://\"; it must be \(example)"
          case .userInformation: "has a user or password, which no call has; it must be \(example)"
          case .queryOrFragment: "has a fragment; it must be \(example)"
          case .insecure:
            "begins with \"http://\", which anybody on the way can read; use \"https://\" "
              + "(\"http://\" is for loopback addresses alone)"
          case .malformed: "is no address that can be read; write \"https://HOST[:PORT]/PATH\""
          }
        throw Complaint(complaint)
      }
    }, write: { .string($0.text) })
}

extension ValueRule<[String]> {
  /// A program by its absolute path, and its arguments. It is looked for when it is run.
  static let command = ValueRule(
    kind: .command,
    read: { value throws(Complaint) in
      let right = ValueKind.command.right
      guard case .array(let elements) = value else { throw value.wrong(right) }
      var words: [String] = []
      for element in elements {
        guard case .string(let word) = element.value else {
          throw Complaint("holds what is no word: an element \(element.value.wrong(right).text)")
        }
        if word.utf8.contains(0) { throw Complaint("contains U+0000, which no argument can") }
        words.append(word)
      }
      guard words.first?.hasPrefix("/") == true else {
        throw Complaint(
          (words.isEmpty ? "is empty" : "does not begin with an absolute path")
            + "; it must be \(right)")
      }
      return words
    }, write: { .array($0.map(JSONDocument.string)) })
}
