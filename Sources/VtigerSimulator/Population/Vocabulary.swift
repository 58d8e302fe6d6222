/// Words that records are made of, among them those that readers stumble over.
enum Vocabulary {
  static let firstNames = [
    "Ada", "Björn", "Chiara", "Dmitri", "Esra", "Fionn", "Grete", "Hugo", "Inès", "Jan", "Kaya",
    "Lars", "Mehmet", "Nora", "Óscar", "Petra", "李", "Renée", "Siân", "Tariq",
  ]
  static let lastNames = [
    "Abbott", "Bergström", "Castellano", "Dunne", "Eriksen", "Fontaine", "Grünwald", "Hakimi",
    "Ivanova", "Jansen", "Kovács", "Larsson", "Mwangi", "Novák", "O'Brien", "Papadakis",
    "Quintero", "Rossi", "Šimek", "Talbot", "van der Berg", "Wójcik", "Yılmaz", "Ziegler",
  ]
  static let companies = [
    "Alder & Ash", "Birch Systems", "Cedar Foods", "Dune Logistics", "Elm Optics", "Fjord Boats",
    "Granite Works", "Heather Mills", "Iris Textiles", "Juniper Labs", "Kestrel Air", "Larch",
  ]
  static let cities = ["Aarhus", "Bergen", "Córdoba", "Dundee", "Essen", "Łódź", "Nîmes", "Zürich"]
  static let countries = ["Denmark", "Norway", "Spain", "Germany", "France", "Poland"]
  static let subjects = [
    "Annual renewal", "Cracked housing", "Delivery is late", "First meeting", "Price for 200",
    "Second floor, left", "Training day", "Wrong invoice",
  ]
  /// Texts as they come back from the server (measured on 8.3.0): entities as they are stored,
  /// four-byte characters as `??`, blanks at the ends, a control character.
  static let texts = [
    "One line.", "First line\nsecond line\r\nthird\twith a tab", "Fish & chips &amp; peas",
    "<p>Bold <b>words</b></p>", "&lt;script&gt;x&lt;/script&gt;", "Smile ?? end", "  blanks  ",
    "a\u{A0}b\u{200B}c", "Quote \" apostrophe ' back\\slash", "100% %41+b", "null",
    "control \u{1} and \u{B} inside", "Grüße, 漢字, ع",
  ]
}
