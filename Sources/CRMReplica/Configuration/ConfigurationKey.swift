/// A key of an object of the configuration: the one declaration from which it is read, written,
/// completed by its default and described.
///
/// Its place in `Root` holds the default until it is read, so that a key cannot be declared and not
/// read, or have two defaults.
struct ConfigurationKey<Root: Sendable>: Sendable {
  let name: String
  /// Reads the key from an object into its place; leaves the place when there is nothing right.
  let read: @Sendable (ConfigurationObject, inout Root) -> Void
  /// The value in its place as it is read; nil for one that was left out and has no default.
  let write: @Sendable (Root) -> JSONDocument?
  /// The key, where the root holds the defaults.
  let describe: @Sendable (Root) -> KeyDescription

  /// A key with a value. One that must stand gives its `purpose`, the end of a sentence; the others
  /// have in their place what counts when they are left out.
  static func value<Value>(
    _ name: String, _ place: any WritableKeyPath<Root, Value> & Sendable, _ rule: ValueRule<Value>,
    required purpose: String? = nil, _ help: String
  ) -> Self {
    Self(
      name: name,
      read: { object, root in
        if let purpose { object.require(name, for: purpose) }
        if let value = object.value(name, rule) { root[keyPath: place] = value }
      },
      write: { rule.write($0[keyPath: place]) },
      describe: { root in
        KeyDescription(
          name: name, kind: rule.kind, isRequired: purpose != nil,
          standard: purpose == nil ? rule.write(root[keyPath: place]) : nil, help: help)
      })
  }

  /// A key with a value that may be left out, without a default.
  static func value<Value>(
    _ name: String, _ place: any WritableKeyPath<Root, Value?> & Sendable, _ rule: ValueRule<Value>,
    _ help: String
  ) -> Self {
    Self(
      name: name,
      read: { object, root in
        if let value = object.value(name, rule) { root[keyPath: place] = value }
      },
      write: { $0[keyPath: place].map(rule.write) },
      describe: { _ in
        KeyDescription(name: name, kind: rule.kind, isRequired: false, standard: nil, help: help)
      })
  }

  /// A key with an object. Left out, it is as an empty one, unless it must stand.
  static func object<Inner>(
    _ name: String, _ place: any WritableKeyPath<Root, Inner> & Sendable,
    _ keys: [ConfigurationKey<Inner>], required purpose: String? = nil, _ help: String
  ) -> Self {
    Self(
      name: name,
      read: { object, root in
        if let purpose { object.require(name, for: purpose) }
        object.object(name).read(keys, into: &root[keyPath: place])
      },
      write: { .object(keys.written($0[keyPath: place])) },
      describe: { root in
        KeyDescription(
          name: name, kind: .object(keys.map { $0.describe(root[keyPath: place]) }),
          isRequired: purpose != nil, standard: nil, help: help)
      })
  }

  /// A key with an object that may be left out, and is then nil. `initial` holds the defaults of
  /// its keys; it and the key `other` exclude each other.
  static func object<Inner>(
    _ name: String, _ place: any WritableKeyPath<Root, Inner?> & Sendable, from initial: Inner,
    excluding other: String, _ keys: [ConfigurationKey<Inner>], _ help: String
  ) -> Self {
    Self(
      name: name,
      read: { object, root in
        guard let inner = object.objectIfGiven(name) else { return }
        object.refuse(other, beside: name)
        var value = initial
        inner.read(keys, into: &value)
        root[keyPath: place] = value
      },
      write: { root in root[keyPath: place].map { .object(keys.written($0)) } },
      describe: { _ in
        KeyDescription(
          name: name, kind: .object(keys.map { $0.describe(initial) }), isRequired: false,
          excluded: other, standard: nil, help: help)
      })
  }
}

extension Array {
  /// The members of an object with these keys.
  func written<Root>(
    _ root: Root
  ) -> [JSONDocument.Member] where Element == ConfigurationKey<Root> {
    compactMap { key in key.write(root).map { JSONDocument.Member(key.name, $0) } }
  }
}

extension ConfigurationObject {
  /// Reads the keys into their places, and complains about all others.
  func read<Root>(_ keys: [ConfigurationKey<Root>], into root: inout Root) {
    for key in keys where !refuseForeign(key.name) { key.read(self, &root) }
    requireOwn()
    finish()
  }
}
