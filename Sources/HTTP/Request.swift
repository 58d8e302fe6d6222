/// One request below the configured base URL: a GET, or a form or a JSON text that is posted.
///
/// A request holds no host and no `Authorization` header: the transport adds both, so that neither
/// can be led elsewhere by what a server sends. A form may hold a secret, and is not printed.
package struct Request: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// Path and query relative to the base URL, without a leading slash and percent-encoded:
  /// `parties?page=2&perPage=100`.
  package let target: String
  /// The body of a POST, percent-encoded; nil for any other request.
  package let form: String?
  /// The body of a POST, a JSON text; nil for any other request.
  package let json: String?
  /// What the one who made it wants to know of it when the answer comes. It is not sent.
  package let note: String?

  package init(_ target: String, note: String? = nil) {
    (self.target, form, json, self.note) = (target, nil, nil, note)
  }

  /// Posts the fields. Where a kept connection turns out to be dead, they may be sent again.
  package init(_ target: String, form: [(name: String, value: String)]) {
    (self.target, self.form, json, note) = (target, FormText.encoded(form), nil, nil)
  }

  /// Posts a JSON text, which holds no U+0000.
  package init(_ target: String, json: String) {
    (self.target, form, self.json, note) = (target, nil, json, nil)
  }

  package var method: String { form == nil && json == nil ? "GET" : "POST" }
  /// `GET parties?page=2`, as errors and logs name it.
  package var description: String { "\(method) \(target)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
