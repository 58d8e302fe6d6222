/// A bearer token. It prints as dots, so that no log, error or dump can show it.
package struct Token: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The secret itself, for the one place that writes the `Authorization` header.
  package let secret: String

  package init(_ secret: String) {
    self.secret = secret
  }

  /// True when the secret is visible ASCII throughout, as RFC 6750, section 2.1 has it.
  package var isHeaderValue: Bool {
    !secret.isEmpty && secret.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  package var description: String { "••••" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
