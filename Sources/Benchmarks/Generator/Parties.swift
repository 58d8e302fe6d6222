internal import Simulation

/// Parties as `GET /parties?embed=tags,fields,missingImportantFields` gives them.
extension RecordWriter {
  /// Ids rise with the number, with gaps.
  func partyID(_ number: Int) -> Int { 11_587 + number * 3 + number % 2 }

  private func isOrganisation(_ number: Int) -> Bool {
    var draws = Draws(seed ^ 1, number)
    return number == 0 || draws.chance(organisations)
  }

  func organisationName(_ number: Int) -> String {
    var draws = Draws(seed ^ 2, number)
    let last = draws.pick(Vocabulary.lastNames)
    return "\(last) \(draws.pick(Vocabulary.companies)) \(draws.pick(Vocabulary.trades))"
  }

  /// One of the organisations before a person, where there is one near by.
  private func organisation(before number: Int, _ draws: inout Draws) -> Int? {
    for _ in 0..<20 {
      let other = max(0, number - 1 - draws.below(1_500))
      if isOrganisation(other) { return other }
    }
    return nil
  }

  func party(_ number: Int, _ text: inout Writer) {
    var draws = Draws(seed, number)
    let isOrganisation = isOrganisation(number)
    let id = partyID(number)
    text.beginObject()
    text.member("id", id)
    owner("owner", &draws, &text)
    team(&draws, &text)
    text.member("type", isOrganisation ? "organisation" : "person")
    let about = draws.chance(30) ? nil : sentence(&draws, 8...40)
    text.member("about", isChanged(number) ? "Changed. \(about ?? "")" : about)
    if isOrganisation {
      text.member("name", organisationName(number))
    } else {
      person(number, &draws, &text)
    }
    times(number, &draws, &text)
    let slug = isOrganisation ? "org\(id)" : "person\(id)"
    text.member("pictureURL", "https://facehub.example.test/default/party?text=\(slug)&size=100")
    text.null("enrichment")
    contacts(1_000_000 + number * 32, slug, &draws, &text)
    tags(&draws, &text)
    fields(1_000_024 + number * 32, &draws, &text)
    text.member("missingImportantFields", draws.chance(20))
    text.raw("}")
  }

  private func person(_ number: Int, _ draws: inout Draws, _ text: inout Writer) {
    text.member("firstName", draws.pick(Vocabulary.firstNames))
    text.member("lastName", draws.pick(Vocabulary.lastNames))
    text.member("jobTitle", draws.pick(Vocabulary.jobs))
    text.member("title", draws.pick([nil, nil, "Mr", "Ms", "Dr"]))
    guard draws.chance(80), let other = organisation(before: number, &draws) else {
      return text.null("organisation")
    }
    text.object("organisation") {
      $0.member("id", partyID(other))
      $0.member("type", "organisation")
      $0.member("name", organisationName(other))
      $0.null("pictureURL")
    }
  }

  private func contacts(
    _ id: Int, _ slug: String, _ draws: inout Draws, _ text: inout Writer
  ) {
    text.array("phoneNumbers") {
      for index in 0..<draws.pick([0, 1, 1, 2, 2, 3]) {
        $0.beginObject()
        $0.member("id", id + index)
        $0.member("type", draws.pick([nil, "Home", "Work", "Mobile", "Fax", "Direct"]))
        $0.member(
          "number",
          "+\(draws.int(1...99)) \(draws.int(100...999)) \(draws.int(1_000_000...9_999_999))")
        $0.raw("}")
      }
    }
    text.array("addresses") {
      for index in 0..<draws.pick([0, 1, 1, 1, 2]) {
        let place = draws.pick(Vocabulary.cities)
        let floor = draws.chance(30) ? "\nFloor \(draws.int(1...30))" : ""
        $0.beginObject()
        $0.member("id", id + 4 + index)
        $0.member("type", draws.pick([nil, "Home", "Office", "Postal"]))
        $0.member("street", "\(draws.int(1...999)) \(draws.pick(Vocabulary.streets))\(floor)")
        $0.member("city", place.city)
        $0.member("state", place.state)
        $0.member("country", place.country)
        $0.member("zip", place.zip)
        $0.raw("}")
      }
    }
    text.array("emailAddresses") {
      for index in 0..<draws.pick([0, 1, 1, 1, 2, 3]) {
        $0.beginObject()
        $0.member("id", id + 8 + index)
        $0.member("type", draws.pick([nil, "Home", "Work"]))
        $0.member("address", "\(slug).\(index)@mail\(draws.int(1...99)).example.test")
        $0.raw("}")
      }
    }
    websites(id + 12, slug, &draws, &text)
  }

  private func websites(
    _ id: Int, _ slug: String, _ draws: inout Draws, _ text: inout Writer
  ) {
    text.array("websites") {
      for index in 0..<draws.pick([0, 0, 1, 1, 2]) {
        let service = draws.pick(["URL", "URL", "TWITTER", "LINKED_IN"])
        let isURL = service == "URL"
        let home = "https://www.\(slug).example.test/"
        let host = service == "TWITTER" ? "twitter.com" : "www.linkedin.com/in"
        $0.beginObject()
        $0.member("id", id + index)
        $0.member("type", draws.pick([nil, "Home", "Work"]))
        $0.member("service", service)
        $0.member("address", isURL ? home : "@\(slug)")
        $0.member("url", isURL ? home : "https://\(host)/\(slug)")
        $0.raw("}")
      }
    }
  }
}
