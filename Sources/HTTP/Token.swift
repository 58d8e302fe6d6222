/// A bearer token. It prints as dots, so that no log, error or dump can show it.
package struct Token: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The secret itself, for the one place that writes the `Authorization` header.
  package let secret: String

  package init(_ secret: String) {
    self.secret = secret
  }

  package var description: String { "••••" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
