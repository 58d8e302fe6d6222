import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

/// Every switch that is on or off shows in some answer.
@Suite struct SwitchTests {
  /// What a client sees of an account that went through the same short life.
  private func story(_ switches: Switches) -> [String] {
    let account = account(seed: 5, .small, switches)
    account.rate.limit = 60
    var seen: [String] = []
    func look(_ target: String) {
      let reply = account.get(target)
      let headers = reply.headers.fields.map { "\($0.name): \($0.value)" }
      seen.append(
        "\(target) \(reply.status) \(headers) \(String(decoding: reply.body, as: UTF8.self))")
    }
    account.now += 100
    let parties = account.visibleIDs(.parties)
    let deals = account.visibleIDs(.opportunities)
    account.delete(.parties, parties[0])
    account.restore(.parties, parties[0])
    account.delete(.parties, parties[1])
    account.delete(.parties, parties[2])
    if let deal = account.opportunities.rows.first { account.restrict(.parties, deal.party) }
    if let employer = account.parties.rows.compactMap(\.organisation).first {
      account.rename(.parties, employer, "Renamed")
    }
    for tag in account.ids(.partyTags) { account.tag(.parties, parties[5], with: tag) }
    if let kase = account.kases.rows.first { account.close(kase: kase.id) }
    look("parties?embed=tags,fields,organisation,meta")
    look("parties?since=\(CivilTime(account.now).instant)")
    look("opportunities?embed=tags,fields,party,milestone")
    look("kases?embed=tags,fields,party")
    look("parties/deleted?since=2026-01-01T00:00:00Z&perPage=1")
    look("milestones/all")
    look("tasks?since=\(CivilTime(account.now).instant)")
    look("tasks/\(account.ids(.tasks).prefix(2).map(String.init).joined(separator: ","))")
    look("users")
    look("opportunities/\(deals[0])")
    while account.get("site").status == 200 {}
    look("site")
    return seen
  }

  @Test(arguments: 0..<Switches.flags.count)
  func `each switch shows in the replies`(_ number: Int) {
    var switches = Switches()
    switches[keyPath: Switches.flags[number]].toggle()
    let differs = story(switches) != story(Switches())
    #expect(differs)
  }

  @Test func `spellings of the archived pipeline`() {
    let account = account()
    account.switches.archivedKey = .isDeleted
    let keys = account.first("pipelines")[0].keys
    #expect(keys.contains("isDeleted") && !keys.contains("deleted"))
  }

  @Test func `entries have a page size of their own`() {
    let account = account()
    account.switches.entriesPerPage = 100
    let id = account.visibleIDs(.parties)[0]
    #expect(account.get("parties/\(id)/entries?perPage=100").status == 200)
    #expect(account.get("parties/\(id)/entries?perPage=101").status == 422)
  }

  @Test func `embeds may expand`() {
    let account = account()
    account.switches.expandsEmbeds = true
    let deal = account.first("opportunities?embed=party,milestone")[0]
    #expect(deal["party"]?["emailAddresses"] != nil)
    #expect(deal["milestone"]?["probability"] != nil)
    #expect(account.first("opportunities")[0]["party"]?["emailAddresses"] == nil)
  }

  @Test func `nulls may be dropped`() {
    let account = account()
    account.switches.dropsNulls = true
    let body = String(decoding: account.get("parties?embed=tags,fields").body, as: UTF8.self)
    #expect(!body.contains("null"))
    #expect(body.contains("\"addresses\":[]"))
  }

  @Test func `field values have forms`() {
    let account = account(.scaled(parties: 60))
    func kinds() -> Set<String> {
      Set(
        account.first("parties?embed=fields&perPage=60").flatMap { $0["fields"]?.items ?? [] }
          .compactMap { field in
            switch field["value"] {
            case .string: "string"
            case .number: "number"
            case .bool: "bool"
            case .array: "array"
            default: nil
            }
          })
    }
    #expect(kinds() == ["string", "bool"])
    account.switches.numbersAsStrings = false
    account.switches.choicesAsArray = true
    #expect(kinds() == ["string", "bool", "number", "array"])
  }

  @Test func `closed on may be an instant`() {
    let account = account(.scaled(parties: 40))
    func lengths() -> Set<Int> {
      Set(account.first("opportunities").compactMap { $0["closedOn"]?.string?.count })
    }
    #expect(lengths() == [10])
    account.switches.closedOnIsInstant = true
    #expect(lengths() == [20])
  }

  @Test func `some ids exceed a Double`() {
    var switches = Switches()
    switches.usesLargeIDs = true
    let account = account(seed: 3, .small, switches)
    let large = account.visibleIDs(.parties).filter { $0 > 1 << 53 }
    #expect(!large.isEmpty)
    #expect(account.listed("parties/\(large[0]),\(large[0])") == [large[0], large[0]])
  }

  @Test func `decoration is the same in each answer`() {
    let plain = account().visible(.parties)
    let account = account()
    account.switches.addsUnknownKeys = true
    account.switches.mistypesValues = true
    account.switches.addsNulCharacters = true
    #expect(account.visible(.parties) == account.visible(.parties))
    #expect(account.visible(.parties) != plain)
    #expect(account.ids(.parties) == plain.compactMap { $0["id"]?.integer }.sorted())
    let body = String(decoding: account.get("parties?embed=tags,fields").body, as: UTF8.self)
    #expect(body.contains("newObject") && body.contains("\\u0000"))
  }

  @Test func `random switches are seeded`() {
    var one = SplitMix64(seed: 9)
    var two = SplitMix64(seed: 9)
    #expect(Switches.random(using: &one) == Switches.random(using: &two))
    #expect(Switches.random(using: &one) != Switches())
  }
}
