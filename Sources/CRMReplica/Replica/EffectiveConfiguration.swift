internal import Model
internal import Replication

extension ReplicaSettings {
  /// The configuration as it takes effect: with every table, those that are left out disabled.
  var effective: Configuration {
    var effective = configuration
    let fullEvery = Duration.seconds(RoundOptions().defaultFullEvery)
    for table in catalogue {
      var settings = configuration.table(table.name)
      if leftOut.contains(where: { $0.table == table.name }) { settings.isEnabled = false }
      if case .newestFirst = table.method { settings.fullEvery = settings.fullEvery ?? fullEvery }
      effective.tables[table.name] = settings
    }
    return effective
  }
}

extension Configuration {
  /// The JSON text that reads as this configuration. It holds no secret.
  func text(_ names: TableNames) -> String {
    JSONDocument.object(ConfigurationKey.all(names).written(self))
      .without(source.kind.foreignKeys).text
  }
}

extension JSONDocument {
  /// The same without the members at these paths.
  fileprivate func without(_ paths: Set<String>, at path: String = "") -> JSONDocument {
    guard case .object(let members) = self else { return self }
    return .object(
      members.compactMap { member in
        let path = path.isEmpty ? member.key : "\(path).\(member.key)"
        if paths.contains(path) { return nil }
        return Member(member.key, member.value.without(paths, at: path))
      })
  }
}
