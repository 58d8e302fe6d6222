internal import Model

/// What records are made of: names and words as they occur in an account, many of them not ASCII.
enum Vocabulary {
  static let firstNames = words(
    """
    Scott Anna José Zoë Björn Mei Priya Olu Fatima Łukasz Chloé Ivan Søren María John Emma Liam Noah
    Ava Mia Léa Nils Aoife Seán Ingrid Hugo Kenji Yuki Omar Leila
    """)
  static let lastNames = words(
    """
    Spacey Müller O'Brien García Nowak Okafor Patel Smith Jones Brown Taylor Dvořák Öztürk Sørensen
    Rossi Bianchi Nguyễn Kim Lee Haddad Cohen Silva Souza Ferreira Lindqvist Johansson van-der-Berg
    MacDonald Petrov
    """)
  static let words = words(
    """
    the client prefers contact by phone before noon and asked for a revised quotation covering
    installation maintenance training plus two years of extended support for their offices in Leeds
    Köln and Málaga however budget approval is pending until next quarter so follow up after board
    meeting about renewal terms discount volume agreement partner channel referral conference booth
    lead warm cold priority
    """)
  static let jobs = [
    "Creative Director", "Chief Executive Officer", "Sales Manager", "Head of Procurement",
    "Software Engineer", "Accountant", "Office Manager", "Marketing Lead", "Consultant", nil,
  ]
  static let companies = ["Ltd", "GmbH", "& Sons", "Group", "Holdings plc", "S.A."]
  static let trades = ["Design", "Logistics", "Foods", "Systems", "Consulting", "Media"]
  static let cities: [(city: String, state: String?, zip: String, country: String)] = [
    ("Chicago", "IL", "65629", "United States"), ("London", nil, "EC1A 1BB", "United Kingdom"),
    ("München", "Bayern", "80331", "Germany"), ("Paris", "Île-de-France", "75001", "France"),
    ("São Paulo", "SP", "01000-000", "Brazil"), ("Dublin", nil, "D02 AF30", "Ireland"),
    ("Manchester", "Greater Manchester", "M1 1AE", "United Kingdom"),
    ("Toronto", "ON", "M5H 2N2", "Canada"), ("Sydney", "NSW", "2000", "Australia"),
    ("Kraków", nil, "30-001", "Poland"),
  ]
  static let streets = [
    "North Rush Street", "High Street", "Bahnhofstraße", "Rue de Rivoli", "Avenida Paulista",
    "O'Connell Street", "Deansgate", "King Street West", "George Street", "Floriańska",
  ]
  static let teams = ["Sales EMEA", "Sales Americas", "Customer Success", "Partners"]
  static let tags = [
    "VIP", "Customer", "Prospect", "Supplier", "Partner", "Newsletter", "Event 2025", "Event 2026",
    "Churn Risk", "Reseller", "Press", "Investor", "Alumni", "Do Not Call", "Key Account", "Cold",
    "Warm", "Hot", "EMEA", "APAC", "Americas", "Public Sector", "Healthcare", "Retail", "Finance",
    "Education", "Charity", "Construction", "Manufacturing", "Technology",
  ]
  enum Kind { case date, list, number, text, note, flag }
  static let fields: [(name: String, kind: Kind)] = [
    ("Customer Since", .date), ("Industry", .list), ("Annual Revenue", .number),
    ("Account Number", .text), ("VAT Number", .text), ("Preferred Language", .list),
    ("Newsletter Consent", .flag), ("Contract End", .date), ("Lead Source", .list),
    ("Employees", .number), ("Notes on Billing", .note), ("NPS Score", .number),
  ]
  static let choices = [
    "Technology", "Retail", "Finance", "Health & Social Care", "Education", "Manufacturing", "Web",
    "Referral", "Event", "Cold call", "Partner", "English", "Deutsch", "Français", "Español",
    "Português",
  ]
  static let milestones = ["Lead", "Qualified", "Proposal", "Negotiation", "Won", "Lost"]
  static let categories = ["Call", "Email", "Follow-up", "Meeting", "Milestone", "Send", "To do"]

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }
}
