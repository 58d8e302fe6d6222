internal import Simulation

/// What records of several kinds have in common.
struct RecordWriter {
  /// Seconds since 1970 between which records were made, and changed.
  static let made = 1_420_070_400...1_700_000_000
  static let changed = 1_700_000_000...1_760_000_000

  let seed: UInt64
  /// Whether a record is another version of itself: a hundredth of them.
  var hasChanges = false
  /// Organisations among a hundred parties.
  var organisations = 30
  /// Parties, deals and cases that a record may be about: the first so many.
  var parties = 10_000
  var deals = 0
  var cases = 0
  /// When the newest entry was made, and seconds between two of them.
  var newestEntry = RecordWriter.changed.upperBound
  var entryStep = 30
  /// When a record was made, changed and last in contact, where that is not left to chance.
  var moments: (made: Int, changed: Int, contacted: Int?)?

  func isChanged(_ number: Int) -> Bool { hasChanges && number % 100 == 37 }

  /// Words in a row, some with quotes, line breaks and backslashes.
  func sentence(_ draws: inout Draws, _ range: ClosedRange<Int>) -> String {
    let count = draws.int(range)
    var text = ""
    for index in 0..<count {
      let word = draws.pick(Vocabulary.words)
      if index > 0 { text += " " }
      if index == 1, draws.chance(12) {
        text += "\"\(word)\""
      } else {
        text += index == 0 ? word.prefix(1).uppercased() + word.dropFirst() : word
      }
      if index == 2, draws.chance(3) { text += "\t\\path" }
      if count > 14, index == count / 2, draws.chance(35) { text += ".\nThen" }
    }
    return text + "."
  }

  func owner(_ key: StaticString, _ draws: inout Draws, _ text: inout Writer) {
    guard !draws.chance(10) else { return text.null(key) }
    user(key, draws.below(12), &text)
  }

  func user(_ key: StaticString, _ user: Int, _ text: inout Writer) {
    let (first, last) = (Vocabulary.firstNames[user], Vocabulary.lastNames[user])
    text.object(key) {
      $0.member("id", 100 + user)
      $0.member("deleted", false)
      $0.member("username", "user\(user)@example-agency.test")
      $0.member("pictureURL", "https://facehub.example.test/default/person?text=\(user)&size=100")
      $0.member("name", "\(first) \(last)")
    }
  }

  func team(_ draws: inout Draws, _ text: inout Writer) {
    guard !draws.chance(40) else { return text.null("team") }
    named("team", 200, Vocabulary.teams, &draws, &text)
  }

  /// Any `{id, name}`.
  func named(
    _ key: StaticString, _ first: Int, _ names: [String], _ draws: inout Draws,
    _ text: inout Writer
  ) {
    let choice = draws.below(names.count)
    text.object(key) {
      $0.member("id", first + choice)
      $0.member("name", names[choice])
    }
  }

  func times(_ number: Int, _ draws: inout Draws, _ text: inout Writer) {
    if let moments {
      text.instant("createdAt", moments.made)
      text.instant("updatedAt", moments.changed)
      return text.instant("lastContactedAt", moments.contacted)
    }
    text.instant("createdAt", draws.int(Self.made))
    let changed = draws.int(Self.changed)
    text.instant("updatedAt", isChanged(number) ? changed + 9_000_000 : changed)
    text.instant("lastContactedAt", draws.chance(40) ? nil : draws.int(Self.changed))
  }

  func tags(_ draws: inout Draws, _ text: inout Writer) {
    let count = draws.pick([0, 1, 2, 2, 3, 4])
    var tag = draws.below(Vocabulary.tags.count)
    text.array("tags") {
      for _ in 0..<count {
        $0.beginObject()
        $0.member("id", 300 + tag)
        $0.member("name", Vocabulary.tags[tag])
        $0.member("dataTag", tag % 9 == 0)
        $0.raw("}")
        // A step that shares no factor with the number of tags meets none of them twice.
        tag = (tag + 7) % Vocabulary.tags.count
      }
    }
  }

  func fields(_ id: Int, _ draws: inout Draws, _ text: inout Writer) {
    let count = draws.below(5)
    var field = draws.below(Vocabulary.fields.count)
    text.array("fields") {
      for index in 0..<count {
        $0.beginObject()
        $0.member("id", id + index)
        $0.object("definition") {
          $0.member("id", 400 + field)
          $0.member("name", Vocabulary.fields[field].name)
        }
        value(Vocabulary.fields[field].kind, &draws, &$0)
        $0.member("tagId", draws.chance(80) ? nil : 300 + draws.below(Vocabulary.tags.count))
        $0.raw("}")
        field = (field + 5) % Vocabulary.fields.count
      }
    }
  }

  private func value(_ kind: Vocabulary.Kind, _ draws: inout Draws, _ text: inout Writer) {
    switch kind {
    case .date: text.date("value", draws.int(Self.made))
    case .list: text.member("value", draws.pick(Vocabulary.choices))
    case .number:
      text.member("value", draws.int(1...100_000))
      if draws.chance(50) {
        text.raw(".")
        text.integer(Int64(draws.int(10...99)))
      }
    case .text:
      let letter = draws.pick(["A", "B", "C", "D"])
      text.member("value", "\(letter)\(draws.int(10_000_000...999_999_999))")
    case .note: text.member("value", sentence(&draws, 3...8))
    case .flag: text.member("value", draws.chance(50))
    }
  }
}
