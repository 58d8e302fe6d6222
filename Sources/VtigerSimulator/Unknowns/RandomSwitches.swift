import Simulation

extension VtigerSwitches {
  /// Switches of a life: any release and user, and what is not known of Cloud either way.
  package static func random(using random: inout some RandomNumberGenerator) -> VtigerSwitches {
    var switches = VtigerSwitches(
      random.pick(Release.allCases), access: random.pick(Access.allCases))
    switches.isPermissionMended = random.chance(80)
    switches.zoneOffset = random.pick([0, 0, 3_600, -18_000, 19_800])
    switches.displaysErrors = random.chance(30)
    switches.shufflesUnordered = random.chance(50)
    switches.referencesFlap = random.chance(70)
    switches.ignoresCase = random.chance(90)
    switches.listsLineItems = random.chance(90)
    if switches.access == .restricted {
      if random.chance(30) { switches.hiddenModules = ["Leads", "Vendors"] }
      if random.chance(30) { switches.hiddenFields = ["Contacts.birthday", "Accounts.fax"] }
      if random.chance(30) { switches.privateModules = ["Contacts", "Calendar", "Events"] }
    }
    guard switches.release == .cloud else { return switches }
    switches.sync = random.pick(SyncForm.allCases)
    switches.knowsApplication = random.chance(80)
    switches.countsRows = random.chance(50)
    switches.countsLines = random.chance(50)
    switches.empty = random.pick(Empty.allCases)
    switches.writesRawControls = random.chance(50)
    switches.sendsFloodControl = random.chance(80)
    switches.sendsFloodControlOn429 = random.chance(50)
    switches.sendsRetryAfter = random.chance(50)
    return switches
  }
}
