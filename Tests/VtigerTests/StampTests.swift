import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// Changes are asked for by the server's own stamps, whatever zone those are in.
@Suite struct StampTests {
  /// Nothing but the question for changes is to find them.
  private func followed(offset: Int64 = 0) throws -> FollowedAccount {
    var switches = VtigerSwitches(.cloud)
    switches.zoneOffset = offset
    let replica = try FollowedAccount(switches)
    (replica.options.scrubBudget, replica.options.censusBudget) = (0, 0)
    return replica
  }

  private func follow(_ replica: FollowedAccount, _ hours: Int, _ edit: (Int) -> Void) throws {
    let account = replica.account
    try replica.sync()
    for hour in 0..<hours {
      account.now += 1_800
      edit(hour)
      account.now += 1_800
      #expect(try replica.sync().outcome == .good)
      let differences = try replica.differences()
      #expect(differences == [], "hour \(hour): \(differences)")
    }
  }

  @Test(arguments: [-18_000, -3_600, 0, 19_800, 46_800])
  func `a server in another zone than is thought loses no change`(offset: Int64) throws {
    let replica = try followed(offset: offset)
    let account = replica.account
    let contacts = replica.ids("Contacts")
    try follow(replica, 40) { hour in
      // Some hours are quiet, and a whole day is.
      guard hour % 3 > 0, !(8..<34).contains(hour) else { return }
      account.revise(contacts[hour % contacts.count], "lastname", "Hour \(hour)")
      if hour % 2 == 0 { account.createRecord(in: "Accounts") }
    }
  }

  @Test func `a server that is moved to another zone loses no change for long`() throws {
    let replica = try followed()
    let account = replica.account
    let contacts = replica.ids("Contacts")
    try replica.sync()
    for hour in 0..<36 {
      account.now += 3_600
      // The clocks go back by an hour, and nobody tells.
      if hour == 2 { account.switches.zoneOffset = -3_600 }
      account.revise(contacts[hour % contacts.count], "lastname", "Hour \(hour)")
      account.now += 60
      try replica.sync()
    }
    #expect(try replica.differences() == [])
  }

  @Test func `clocks that are put back in a zone that is not known of lose no change`() throws {
    let replica = try followed(offset: -4 * 3_600)
    let account = replica.account
    let contacts = replica.ids("Contacts")
    try replica.sync()
    for step in 0..<20 {
      account.now += 540
      if step == 5 { account.switches.zoneOffset = -5 * 3_600 }
      account.revise(contacts[step], "lastname", "Step \(step)")
      account.now += 60
      try replica.sync()
    }
    let differences = try replica.differences()
    #expect(differences == [], "\(differences)")
  }

  @Test func `a row in the future wedges nothing`() throws {
    let replica = try followed()
    let account = replica.account
    let contacts = replica.ids("Contacts")
    try follow(replica, 6) { hour in
      if hour == 1 { account.postdate(contacts[0], by: 30 * 86_400) }
      account.revise(contacts[hour + 1], "lastname", "Hour \(hour)")
    }
  }

  @Test func `the hour that comes twice loses nothing`() throws {
    let replica = try followed(offset: 7_200)
    let account = replica.account
    let autumn = account.now / 3_600 * 3_600 + 6 * 3_600
    account.zoneChanges = [.init(at: autumn, offset: 3_600)]
    replica.zone = ServerZone([
      .init(from: Timestamp(0), seconds: 7_200), .init(from: Timestamp(autumn), seconds: 3_600),
    ])
    let contacts = replica.ids("Contacts")
    try replica.sync()
    for step in 0..<60 {
      account.now += 600
      account.revise(contacts[step % contacts.count], "lastname", "Step \(step)")
      account.now += 60
      try replica.sync()
      let rows = try replica.rows(
        "SELECT 1 FROM contacts WHERE lastname = 'Step \(step)'")
      #expect(rows.count == 1, "step \(step)")
    }
  }

  @Test func `what was half saved is read again under the same stamp`() throws {
    let replica = try followed()
    let account = replica.account
    let invoice = try #require(replica.ids("Invoice").first)
    account.now += 90_000
    try replica.sync()
    account.now += 3_600
    account.beginSave(invoice)
    try replica.sync()
    account.endSaves()
    account.now += 240
    try replica.sync()
    let total = account.records(of: "Invoice")[invoice]?["hdnGrandTotal"]?.string
    let stored = try replica.rows("SELECT hdnGrandTotal FROM invoice WHERE id = \(invoice)")
    #expect(stored == [[try .real(#require(total.flatMap { Double($0) }))]])
  }

  @Test func `what was imported in one go is not read in every round`() throws {
    let replica = try followed()
    let account = replica.account
    account.now += 90_000
    try replica.sync()
    account.now += 3_600
    for _ in 0..<450 { account.createRecord(in: "Leads") }
    account.now += 60
    try replica.sync()
    let repeated = try (1...40).filter { _ in
      account.now += 3_600
      let asked = try replica.asked { try replica.sync() }
      return asked.count { $0.contains("FROM Leads") } > 1
    }
    // Once for what may have been half saved, and while nothing has come for a day.
    #expect(repeated == [1, 25, 26, 27])
  }
}
