internal import FoundationEssentials

/// A party for `JSONDecoder`: what the engine takes of it, and no more.
struct CodableParty: Decodable {
  struct Page: Decodable { let parties: [CodableParty] }
  struct Named: Decodable { let id: Int64 }
  struct Address: Decodable {
    let id: Int64
    let type, street, city, state, country, zip: String?
  }
  struct Number: Decodable {
    let id: Int64
    let type, number: String?
  }
  struct Website: Decodable {
    let id: Int64
    let type, service, address, url: String?
  }
  struct Email: Decodable {
    let id: Int64
    let type, address: String?
  }
  struct Field: Decodable {
    /// Text, number or flag.
    enum Content: Decodable {
      case text(String), number(Double), flag(Bool)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
          self = .text(text)
        } else if let number = try? container.decode(Double.self) {
          self = .number(number)
        } else {
          self = .flag(try container.decode(Bool.self))
        }
      }
    }
    let id: Int64
    let definition: Named
    let value: Content?
    let tagId: Int64?
  }

  let id: Int64
  let type, firstName, lastName, title, jobTitle, name, about, pictureURL, enrichment: String?
  let organisation, owner, team: Named?
  let createdAt, updatedAt, lastContactedAt: Date?
  let missingImportantFields: Bool?
  let addresses: [Address]
  let phoneNumbers: [Number]
  let websites: [Website]
  let emailAddresses: [Email]
  let tags: [Named]
  let fields: [Field]
}
