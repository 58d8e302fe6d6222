/// Words the generator builds an account from. Hosts lie under `.example` (RFC 2606).
enum Vocabulary {
  static let firstNames = [
    "Ada", "Ben", "Chloé", "Dmitri", "Elif", "Fatima", "Grace", "Håkon", "Inês", "Jürgen",
    "Katarzyna", "Liam", "Márta", "Noor", "Óscar", "Priya", "Quentin", "Rosa", "Søren", "Tomáš",
    "Uma", "Valentina", "Wei", "Xiulan", "Yusuf", "Zoë", "太郎", "Оксана", "محمد", "D'Arcy",
  ]
  static let lastNames = [
    "Almeida", "Brontë", "Castillo", "Doe", "Eriksen", "Fischer", "García", "Hughes", "Ivanova",
    "Jónsdóttir", "Kowalski", "Lee", "Müller", "Nakamura", "O'Brien", "Petrov", "Quispe", "Rossi",
    "Śliwa", "Tanaka", "Ünal", "van der Berg", "Włodarczyk", "Yılmaz", "Zhang", "Smith-Jones",
    "山田", "Шевченко",
  ]
  static let companyHeads = [
    "Acme", "Bluebird", "Cobalt", "Dolomite", "Edelweiß", "Fjord", "Granite", "Harbour", "Iberia",
    "Juniper", "Köhler", "Lumière", "Marigold", "Nordlys", "Orchard", "Peregrine", "Quartz",
    "Rowan", "Señora", "Tidewater", "Umber", "Vega", "Willow", "Yarrow", "Zephyr",
  ]
  static let companyTails = [
    "Analytics", "Bakery & Sons", "Consulting", "Design", "Energy", "Foods", "Garden Supplies",
    "Holdings", "Instruments", "Joinery", "Labs", "Logistics", "Media", "Optics", "Partners",
    "Shipping", "Studio", "Textiles", "Tools", "\"Works\"",
  ]
  static let companyForms = ["Ltd", "GmbH", "S.A.", "Inc.", "AB", "LLC", "e.V.", "Oy"]
  static let jobTitles = [
    "Managing Director", "CTO", "Head of Purchasing", "Office Manager", "Engineer",
    "Sales Director", "Accountant", "Researcher", "Owner / Founder",
  ]
  static let cities = [
    ("Manchester", "", "M1 2AB", "United Kingdom"), ("München", "Bayern", "80331", "Germany"),
    ("São Paulo", "SP", "01000-000", "Brazil"), ("Austin", "TX", "73301", "United States"),
    ("Kraków", "", "30-001", "Poland"), ("Malmö", "", "211 18", "Sweden"),
    ("Reykjavík", "", "101", "Iceland"), ("京都", "", "600-8001", "Japan"),
    ("Zürich", "ZH", "8001", "Switzerland"), ("Québec", "QC", "G1R 4P5", "Canada"),
  ]
  static let streets = [
    "1 High Street", "Hauptstraße 12", "Rua das Flores 7", "99 Congress Ave\nSuite 400",
    "ul. Długa 3/4", "Kungsgatan 21", "Unit 5, \"The Mill\"",
  ]
  static let titles = ["Mr", "Mrs", "Ms", "Dr", "Prof"]
  static let extraTitles = ["Sir", "Dame", "Rev.", "Señor", "Capt.", "Maître"]
  static let projects = [
    "Shop redesign", "Office move", "Website", "Support contract", "Training days", "CRM rollout",
    "Warehouse fit-out", "Annual audit", "Brand refresh", "Data migration", "Pilot – phase 2",
    "Café refit",
  ]
  static let chores = [
    "Send invoice", "Call back", "Prepare quote", "Book the room", "Review contract",
    "Renew licence", "Chase payment", "Write follow-up", "Order samples", "Plan visit",
  ]
  static let sentences = [
    "Spoke on the phone; they want a quote by Friday.",
    "Likes the proposal, but the budget is only agreed for next quarter.",
    "Said: \"we'd rather wait\".\nWill call again in two weeks.",
    "Großes Interesse, aber der Preis ist zu hoch 😕",
    "Met at the trade fair in Lyon. Très intéressé par l'offre.",
    "Path on their share: \\\\files\\contracts\\2026\tsee tab 3.",
    "**Decision** on Monday:\n\n- scope\n- price\n- 50 % up front",
    "お世話になっております。見積書をお送りください。",
    "Signed today 🎉🎉 well done all!",
    "Left a message with reception.",
    "Asked whether <b>HTML</b> & entities survive; 3 > 2.",
    "The invoice for €1,234.56 was paid.\r\nThanks!",
  ]
  static let milestones: [(name: String, probability: Int64, isComplete: Bool)] = [
    ("Lead", 10, false), ("Qualified", 25, false), ("Bid", 50, false), ("Negotiation", 75, false),
    ("Won", 100, true), ("Lost", 0, true),
  ]
  static let pipelines = ["Old Sales", "Sales", "Renewals", "Partners", "Public Tenders"]
  static let boards = ["Archive", "Delivery", "Onboarding", "Support"]
  static let stages = ["To do", "Planning", "In progress", "Review", "Done"]
  static let lostReasons = [
    "Too expensive", "Went with a competitor", "No budget", "No answer", "Bad timing",
    "Not a fit",
  ]
  static let teams = ["Sales North", "Sales South", "Delivery", "Büro Wien", "Support"]
  static let tags = [
    "VIP", "Newsletter", "Supplier", "Event details", "Prospect", "Référence", "Do not call",
    "Contract data", "Partner", "Press", "Local", "Hobbies",
  ]
  static let fields: [(name: String, type: String)] = [
    ("Reference", "text"), ("Renewal on", "date"), ("Region", "list"), ("Newsletter", "boolean"),
    ("Employees", "number"), ("Folder", "link"), ("Interests", "multiselectlist"),
    ("Anmerkung", "text"), ("Score", "number"), ("Since", "date"),
  ]
  static let options = ["North", "South", "East & West", "Übersee", "Travel; food", "Art"]
  static let categories = [
    ("Billing", "#d36c00"), ("Call", "#2b7de9"), ("Meeting", "#1a9c5b"), ("Email", "#8a4fd0"),
    ("Follow-up", "#d16c1a"),
  ]
  static let goalTypes = [
    "7b05186c-c342-343f-8236-121dfbb2ae45", "18305eb9-2c50-35ba-88e5-876be543e055",
    "bbc7a4b4-78eb-3bbd-85bb-9f20ec2e3f5d", "264be3b0-490b-3d73-ae0d-d02b488ba1eb",
    "1659cb58-2401-30eb-aa82-c42771aea74e",
  ]
  static let hookEvents = ["party/created", "kase/updated", "opportunity/moved", "task/completed"]
}
