internal import FoundationEssentials

/// The replies to `listtypes` and `describe`.
enum Descriptions {
  /// A module as `listtypes` has it.
  struct Listed: Hashable {
    let name: String
    let label: String
    let singular: String
    let isEntity: Bool
  }

  /// The modules that `listtypes` names, or nil where it is no such reply.
  static func modules(in body: [UInt8]) -> [Listed]? {
    guard let types: Types = result(in: body) else { return nil }
    return types.types.map { name in
      let said = types.information[name]
      return Listed(
        name: name, label: said?.label ?? name, singular: said?.singular ?? said?.label ?? name,
        isEntity: said?.isEntity?.isSet ?? true)
    }
  }

  /// The module that `describe` describes, or nil where it is no such reply.
  static func module(_ listed: Listed, in body: [UInt8]) -> VtigerCatalogue.Module? {
    guard let module: Description = result(in: body) else { return nil }
    let fields = module.fields.enumerated().map { position, field in
      VtigerCatalogue.Field(
        field.name, label: field.label ?? field.name,
        type: field.type?.name?.lowercased() ?? "string",
        isMandatory: field.mandatory?.isSet ?? false, position: position,
        refersTo: field.type?.refersTo ?? [],
        values: (field.type?.picklistValues ?? []).compactMap { value in
          value.value.map { VtigerCatalogue.PicklistValue($0, label: value.label ?? $0) }
        })
    }
    return VtigerCatalogue.Module(
      listed.name, label: listed.label, singular: listed.singular,
      idPrefix: module.idPrefix?.text ?? "", isEntity: module.isEntity?.isSet ?? listed.isEntity,
      fields: fields)
  }

  /// What a reply holds under `result`, or nil where it cannot be read as that.
  static func result<Result: Decodable>(in body: [UInt8]) -> Result? {
    let reply = try? JSONDecoder().decode(Envelope<Result>.self, from: Data(escaped(body)))
    return reply?.success == true ? reply?.result : nil
  }

  /// The bytes with the control bytes escaped that stand in strings: JSON does not allow them.
  static func escaped(_ body: [UInt8]) -> [UInt8] {
    guard body.contains(where: { $0 < 0x20 }) else { return body }
    var (escaped, isText, isBehindSlash): ([UInt8], Bool, Bool) = ([], false, false)
    for byte in body {
      if byte == 0x22, !isBehindSlash { isText.toggle() }
      isBehindSlash = byte == 0x5c && isText && !isBehindSlash
      if byte < 0x20, isText {
        escaped += JSONWriter.escape(byte).utf8
      } else {
        escaped.append(byte)
      }
    }
    return escaped
  }

  private struct Envelope<Result: Decodable>: Decodable {
    let success: Bool
    let result: Result?
  }

  private struct Types: Decodable {
    struct Information: Decodable {
      @Lenient var isEntity: Flag?
      @Lenient var label: String?
      @Lenient var singular: String?
    }

    let types: [String]
    let information: [String: Information]

    enum CodingKeys: String, CodingKey { case types, information }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      types = try container.decode([String].self, forKey: .types)
      // PHP writes an object without members as an empty list.
      let said = try? container.decode([String: Information].self, forKey: .information)
      information = said ?? [:]
    }
  }

  /// Fields are known by their names. Of all else a release may say something of another type, or
  /// nothing: those of taxes and of prices in currencies say `""` to be mandatory.
  private struct Description: Decodable {
    struct Field: Decodable {
      let name: String
      @Lenient var label: String?
      @Lenient var mandatory: Flag?
      @Lenient var type: FieldType?
    }

    struct FieldType: Decodable {
      @Lenient var name: String?
      @Lenient var refersTo: [String]?
      @Lenient var picklistValues: [Value]?
    }

    struct Value: Decodable {
      @Lenient var value: String?
      @Lenient var label: String?
    }

    @Lenient var idPrefix: Spelling?
    @Lenient var isEntity: Flag?
    let fields: [Field]
  }

  /// True or false, in the spellings of PHP's forms too.
  struct Flag: Decodable {
    let isSet: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        isSet = value
      } else {
        isSet = try ["1", "on", "true", "yes"].contains(container.decode(Spelling.self).text)
      }
    }
  }
}

/// A member of an object, or nil where it is missing or of another type.
@propertyWrapper private struct Lenient<Wrapped: Decodable>: Decodable {
  var wrappedValue: Wrapped?

  init(from decoder: any Decoder) {
    wrappedValue = try? decoder.singleValueContainer().decode(Wrapped.self)
  }

  init() { wrappedValue = nil }
}

extension KeyedDecodingContainer {
  /// What a synthesised `init(from:)` calls: without it a member that is missing would be an error.
  fileprivate func decode<Wrapped>(
    _ type: Lenient<Wrapped>.Type, forKey key: Key
  ) throws -> Lenient<Wrapped> {
    try decodeIfPresent(type, forKey: key) ?? Lenient()
  }
}
