import Simulation

/// The kinds of change a random mix is made of.
package enum VtigerEdit: String, CaseIterable, Sendable {
  case create, revise, reviseWithSameValue, link, assign, invite, comment, relate
  case commitLate, postdate
  case delete, restore, purge, merge, convertLead, makeEvent, crashInCreate
  case beginSave, endSaves, saveLines, addLineSilently, alterSilently
  case renameValue, deactivateUser, activateUser, deleteUser, createUser
  case reviseCurrency, createGroup, createFolder
  case addField, removeField, deactivateField, addModule, relabel
}

extension VtigerAccount {
  /// The kinds a random mix is drawn from.
  package var edits: [VtigerEdit] { VtigerEdit.allCases }

  /// Makes so many random changes; answers how many of each kind took effect.
  ///
  /// The clock does not move: changes of one call share one second unless the caller moves it.
  @discardableResult
  package func edit(
    using random: inout some RandomNumberGenerator, count: Int
  ) -> [VtigerEdit: Int] {
    var done: [VtigerEdit: Int] = [:]
    for _ in 0..<count {
      let edit = random.pick(edits)
      if apply(edit, using: &random) { done[edit, default: 0] += 1 }
    }
    return done
  }

  /// Makes one random change of a kind. False when there is nothing to change.
  @discardableResult
  package func apply(_ edit: VtigerEdit, using random: inout some RandomNumberGenerator) -> Bool {
    // The account's own generator is moved by the caller's, so that both decide.
    generator = SplitMix64(seed: random.next())
    switch edit {
    case .create, .revise, .reviseWithSameValue, .link, .assign, .comment, .relate, .delete,
      .alterSilently, .crashInCreate, .commitLate, .postdate:
      return applyToRecord(edit)
    case .invite, .makeEvent, .beginSave, .endSaves, .saveLines, .addLineSilently, .convertLead,
      .merge, .restore, .purge:
      return applyToSome(edit)
    default: return applyToSettings(edit)
    }
  }

  /// The modules in which people work.
  private var working: [Module] {
    modules.filter { $0.isEntity && $0.name != "Users" && $0.isEnabled }
  }

  private func applyToRecord(_ edit: VtigerEdit) -> Bool {
    let module = generator.pick(working)
    switch edit {
    case .create:
      create(module.name)
      return true
    case .crashInCreate:
      crashInCreate(module.name)
      return true
    case .commitLate:
      commitLate(in: module.name, by: generator.seconds(1...120))
      return true
    default: break
    }
    guard let record = anyRecord(in: module) else { return false }
    switch edit {
    case .revise, .alterSilently: return change(record, of: module, stamps: edit == .revise)
    case .link:
      let references = module.fields.filter { !$0.refersTo.isEmpty && $0.role == .plain }
      guard let field = references.randomElement(using: &generator), field.name != "creator",
        case .link(let target)? = randomValue(of: field, in: module)
      else { return false }
      link(record.id, field.name, to: generator.chance(30) ? 0 : target)
    case .assign: assign(record.id, to: anyOwner())
    case .comment:
      guard let field = self.module("ModComments")?.field("related_to"),
        field.refersTo.contains(module.name)
      else { return false }
      comment(on: record.id, generator.pick(Vocabulary.texts))
    case .postdate: postdate(record.id, by: generator.seconds(30...daySeconds))
    case .relate: relate(record.id, to: record.id)
    case .delete: delete(record.id)
    default: touch(record.id)
    }
    return true
  }

  private func change(_ record: Record, of module: Module, stamps: Bool) -> Bool {
    let fields = module.fields.filter {
      $0.role == .plain && $0.isEditable && $0.isStored && $0.isActive && $0.refersTo.isEmpty
        && $0.table != "lines" && $0.name != "activitytype" && $0.name != "hdnTaxType"
    }
    guard let field = fields.randomElement(using: &generator),
      let value = randomValue(of: field, in: module)
    else { return false }
    update(record.id) { $0[field.key] = value }
    if stamps { touch(record.id) }
    return true
  }

  private func applyToSome(_ edit: VtigerEdit) -> Bool {
    let documents = working.filter(\.hasLines)
    switch edit {
    case .endSaves:
      let isSaving = !openSaves.isEmpty
      endSaves()
      return isSaving
    case .invite, .makeEvent:
      guard let module = module(edit == .invite ? "Events" : "Calendar"),
        let record = anyRecord(in: module), let contacts = self.module("Contacts")
      else { return false }
      let invited = (0..<3).compactMap { _ in anyRecord(in: contacts)?.id }
      if edit == .invite { invite(Array(Set(invited)).sorted(), to: record.id) }
      if edit == .makeEvent { makeEvent(of: record.id) }
    case .beginSave where generator.chance(50):
      beginSave(create(generator.pick(documents).name, mostLines: 0))
    case .beginSave, .saveLines, .addLineSilently:
      guard let record = anyRecord(in: generator.pick(documents)) else { return false }
      if edit == .beginSave { beginSave(record.id) }
      if edit == .saveLines { saveLines(of: record.id) }
      if edit == .addLineSilently { addLineSilently(to: record.id) }
    case .convertLead:
      guard let leads = module("Leads"), let lead = anyRecord(in: leads) else { return false }
      return convert(lead: lead.id) != nil
    case .merge:
      guard let module = module(generator.pick(["Accounts", "Contacts", "Leads"])),
        let loser = anyRecord(in: module), let winner = anyRecord(in: module),
        loser.id != winner.id
      else { return false }
      merge(loser.id, into: winner.id)
    default:
      let module = generator.pick(working)
      guard let id = recycled(in: module.name).randomElement(using: &generator) else {
        return false
      }
      if edit == .restore { restore(id) } else { purge(id) }
    }
    return true
  }

  private func applyToSettings(_ edit: VtigerEdit) -> Bool {
    switch edit {
    case .renameValue:
      guard let field = picklists.keys.sorted().randomElement(using: &generator),
        field != "activitytype", field != "hdnTaxType",
        let old = picklists[field]?.randomElement(using: &generator)
      else { return false }
      renameValue(of: field, old, to: "\(old.prefix(20))+")
    case .deactivateUser, .deleteUser:
      guard let users = module("Users"), let user = anyRecord(in: users), user.id > 2 else {
        return false
      }
      if edit == .deleteUser { deleteUser(user.id, transferringTo: 2) }
      if edit == .deactivateUser { setStatus(ofUser: user.id, "Inactive") }
    case .activateUser:
      let inactive = (shelves["Users"]?.records ?? []).filter {
        !$0.isDeleted && $0[key("status")] == .text("Inactive")
      }
      guard let user = inactive.randomElement(using: &generator) else { return false }
      setStatus(ofUser: user.id, "Active")
    case .createUser: createUser()
    case .reviseCurrency:
      reviseActor("Currency", 2, "conversion_rate", "11.\(generator.int(10_000...99_999))")
    case .createGroup: addActor("Groups", ["groupname": "Team \(lastUserID)"])
    case .createFolder:
      addActor("DocumentFolders", ["foldername": "Folder \(generator.int(1...999))"])
    default: return applyToModules(edit)
    }
    return true
  }

  private func applyToModules(_ edit: VtigerEdit) -> Bool {
    let module = generator.pick(working)
    switch edit {
    case .addField: addField(to: module.name, type: generator.pick(CustomFields.everyType))
    case .relabel:
      let field = generator.pick(module.fields)
      relabel(field: field.name, of: module.name, to: "Label \(generator.int(1...999))")
    case .addModule:
      guard modules.count < 40 else { return false }
      let name = "Module\(modules.count)"
      addModule(name)
      for _ in 0..<3 { create(name) }
    default:
      let custom = module.fields.filter { $0.name.hasPrefix("cf_") && $0.isActive }
      guard let field = custom.randomElement(using: &generator) else { return false }
      if edit == .removeField { removeField(field.name, from: module.name) }
      if edit == .deactivateField { setActive(false, field: field.name, of: module.name) }
    }
    return true
  }
}
