/// What is wrong with a value and what would be right: the end of a sentence that begins with the
/// name of the key or option, without a full stop.
struct Complaint: Error, Hashable {
  let text: String

  init(_ text: String) {
    self.text = text
  }
}
