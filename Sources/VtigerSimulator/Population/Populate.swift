import Simulation

/// The first records of an account.
extension VtigerAccount {
  func populate(_ size: VtigerSize) {
    populateUsers(size.users)
    populateActors()
    var workshops = Module.custom("Workshops", "Workshop", prefix: 36)
    workshops.insert(customFields(CustomFields.everyType, of: "Workshops"))
    add(workshops)
    let order = [
      "Vendors", "Accounts", "Contacts", "Leads", "Products", "Services", "Potentials",
      "HelpDesk", "Quotes", "SalesOrder", "PurchaseOrder", "Invoice", "Calendar", "Events",
      "Project", "ProjectTask", "Documents", "Emails", "PBXManager", "ModComments", "Workshops",
    ]
    let total = max(1, order.map { size.records[$0, default: 0] }.reduce(0, +))
    var done = 0
    for stock in order {
      let count = size.records[stock, default: 0]
      let name = module(stock) == nil ? "Cases" : stock
      if let module = module(name) { shelves[module.shelf]?.reserve(count) }
      for _ in 0..<count {
        done += 1
        // All are older than now; many share a second, as after an import.
        let age = Int64(total - done) / 5 * 7 + 3_600
        create(name, at: wallClock - age, mostLines: size.mostLines)
      }
    }
  }

  private func populateUsers(_ count: Int) {
    for number in 0...count {
      lastUserID += 1
      var user = Record(id: lastUserID)
      let isFirst = number == 0
      let isAdministrator = isFirst ? switches.access == .administrator : number == 1
      let name = isFirst ? username : "user\(number)@example.com"
      set(
        &user,
        [
          "user_name": name, "email1": name, "status": "Active",
          "is_admin": isAdministrator ? "on" : "off",
          "first_name": generator.pick(Vocabulary.firstNames),
          "last_name": generator.pick(Vocabulary.lastNames), "roleid": "H\(number % 4 + 2)",
          "hour_format": "24", "date_format": "dd-mm-yyyy", "time_zone": "Europe/Berlin",
          "user_password": "$1$simulated\(number)", "confirm_password": "$1$simulated\(number)",
          "accesskey": isFirst ? accessKey : "SimulatedKey\(number)", "language": "en_us",
        ])
      user[key("currency_id")] = .link(1)
      shelves["Users"]?[user.id] = user
    }
    for number in 0...count / 2 {
      lastUserID += 1
      var group = Record(id: lastUserID)
      set(&group, ["groupname": "Team \(number)", "description": "Group number \(number)"])
      shelves["Groups"]?[group.id] = group
      for user in 1...Int64(count + 1) where (user + Int64(number)).isMultiple(of: 2) {
        groupsByUser[user, default: []].append(group.id)
      }
    }
  }

  private func populateActors() {
    func put(_ name: String, _ id: Int64, _ values: [String: String]) {
      var record = Record(id: id)
      set(&record, values)
      shelves[name]?[id] = record
    }
    put("Currency", 1, currency("Euro", "EUR", "€", "1.00000", isBase: true))
    put("Currency", 2, currency("Norway, Krone", "NOK", "kr", "11.50000", isBase: false))
    put("DocumentFolders", 1, ["foldername": "Default", "createdby": "", "sequence": "1"])
    put("CompanyDetails", 1, ["organizationname": "Sample Trading", "city": "Bergen"])
    for (id, tax) in [("VAT", "25.000"), ("Reduced", "12.000"), ("Service", "5.000")].enumerated() {
      let values = [
        "taxname": "tax\(id + 1)", "taxlabel": tax.0, "percentage": tax.1, "deleted": "0",
        "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]",
      ]
      put("Tax", Int64(id + 1), values)
    }
  }

  private func currency(
    _ name: String, _ code: String, _ symbol: String, _ rate: String, isBase: Bool
  ) -> [String: String] {
    [
      "currency_name": name, "currency_code": code, "currency_symbol": symbol,
      "conversion_rate": rate, "currency_status": "Active", "defaultid": isBase ? "-11" : "0",
      "deleted": "0",
    ]
  }

  /// Sets texts by field name.
  func set(_ record: inout Record, _ values: [String: String]) {
    for (name, text) in values.sorted(by: { $0.key < $1.key }) { record[key(name)] = .text(text) }
  }
}
