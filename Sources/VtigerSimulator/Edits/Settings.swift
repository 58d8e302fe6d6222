import Simulation

/// Changes of users, settings and modules (measured on 8.3.0). None stamps a record but where it
/// is said.
extension VtigerAccount {
  /// Renames a value of a picklist: the records that have it have the new one, without a stamp.
  package func renameValue(of field: String, _ old: String, to new: String) {
    picklists[field] = picklists[field]?.map { $0 == old ? new : $0 }
    for module in modules.indices {
      for place in modules[module].fields.indices {
        guard case .isClosed(field, let values) = modules[module].fields[place].role else {
          continue
        }
        modules[module].fields[place].role = .isClosed(
          statusField: field, values: values.map { $0 == old ? new : $0 })
      }
    }
    let key = key(field)
    for name in shelves.keys.sorted() {
      shelves[name]?.update { record in
        guard case .text(let text)? = record[key] else { return }
        let values = text.split(separator: " |##| ", omittingEmptySubsequences: false)
        guard values.contains(where: { $0 == old }) else { return }
        record[key] = .text(
          values.map { $0 == old ? new[...] : $0 }.joined(separator: " |##| "))
      }
    }
  }

  /// Makes a user inactive, or active again: gone from `Users`, and references to it flap.
  package func setStatus(ofUser id: Int64, _ status: String) {
    let key = key("status")
    guard var user = shelves["Users"]?[id] else { return }
    user[key] = .text(status)
    shelves["Users"]?[id] = user
  }

  /// Deletes a user: what it owned is another's, all stamped with one second; what it modified is
  /// as if modified by that other, without a stamp.
  package func deleteUser(_ id: Int64, transferringTo heir: Int64) {
    setStatus(ofUser: id, "Inactive")
    if var user = shelves["Users"]?[id] {
      user.isDeleted = true
      shelves["Users"]?[id] = user
    }
    let stamp = wallClock
    for module in modules where module.isEntity && module.name != "Users" {
      shelves[module.shelf]?.update { record in
        if record.modifiedBy == id { record.modifiedBy = heir }
        guard record.owner == id, !record.isDeleted else { return }
        record.owner = heir
        record.modified = stamp
      }
    }
  }

  /// Removes a user's row altogether: an owner that is gone is a bare number.
  package func purgeUser(_ id: Int64) { shelves["Users"]?[id] = nil }

  /// Creates a user, and answers its number.
  @discardableResult
  package func createUser() -> Int64 {
    lastUserID += 1
    var user = Record(id: lastUserID)
    let name = "user\(lastUserID)@example.com"
    set(
      &user,
      [
        "user_name": name, "email1": name, "status": "Active", "is_admin": "off",
        "first_name": generator.pick(Vocabulary.firstNames),
        "last_name": generator.pick(Vocabulary.lastNames), "roleid": "H3",
      ])
    shelves["Users"]?[user.id] = user
    return user.id
  }

  /// Changes a row of an actor: these have no change time.
  package func reviseActor(_ name: String, _ id: Int64, _ field: String, _ text: String) {
    guard var row = shelves[name]?[id] else { return }
    row[key(field)] = .text(text)
    shelves[name]?[id] = row
  }

  /// Removes a row of an actor.
  package func removeActor(_ name: String, _ id: Int64) { shelves[name]?[id] = nil }

  /// Adds a row to an actor, and answers its number.
  @discardableResult
  package func addActor(_ name: String, _ values: [String: String]) -> Int64 {
    var row = Record(id: (shelves[name]?.records.last?.id ?? 0) + 1)
    if name == "Groups" {
      lastUserID += 1
      row = Record(id: lastUserID)
    }
    set(&row, values)
    shelves[name]?[row.id] = row
    return row.id
  }

  /// Adds a custom field of a type (`string`, `double.3`, `picklist`), and answers its name. Old
  /// rows have empty text: no record is stamped.
  @discardableResult
  package func addField(to name: String, type: String) -> String {
    guard var module = module(name) else { preconditionFailure("no module \(name)") }
    var fields = customFields([type], of: name)
    fields[0].isLate = true
    module.insert(fields)
    add(module)
    return fields[0].name
  }

  /// Removes a field: naming it is denied from now on.
  package func removeField(_ field: String, from name: String) {
    guard var module = module(name) else { return }
    module.fields.removeAll { $0.name == field }
    add(module)
  }

  /// Makes a field inactive, or active again: `describe` no longer names it, rows have it still.
  package func setActive(_ isActive: Bool, field: String, of name: String) {
    guard var module = module(name),
      let place = module.fields.firstIndex(where: { $0.name == field })
    else { return }
    module.fields[place].isActive = isActive
    add(module)
  }

  /// Renames a module for its users. The key stays.
  package func relabel(module name: String, to label: String) {
    guard var module = module(name) else { return }
    module.label = label
    add(module)
  }

  /// Renames a field for its users.
  package func relabel(field: String, of name: String, to label: String) {
    guard var module = module(name),
      let place = module.fields.firstIndex(where: { $0.name == field })
    else { return }
    module.fields[place].label = label
    add(module)
  }

  /// Gives a field another type, as a change of the installation's tables does. Its values stay.
  package func retype(field: String, of name: String, to type: String) {
    guard var module = module(name), let type = FieldType(rawValue: type),
      let place = module.fields.firstIndex(where: { $0.name == field })
    else { return }
    module.fields[place].type = type
    add(module)
  }

  /// Adds a module of a name that is new, with a few fields.
  package func addModule(_ name: String) {
    let prefix = (modules.map(\.prefix).max() ?? 0) + 1
    add(.custom(name, name, prefix: prefix))
  }

  /// Switches a module off in the settings, or on again.
  package func setEnabled(_ isEnabled: Bool, module name: String) {
    guard var module = module(name) else { return }
    module.isEnabled = isEnabled
    add(module)
  }
}
