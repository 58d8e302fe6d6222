internal import Model
internal import Replication

extension ReplicaSettings {
  /// The configuration as it takes effect: with every table, those that are left out disabled.
  var effective: Configuration {
    var effective = configuration
    let fullEvery = Duration.seconds(RoundOptions().defaultFullEvery)
    for table in configuration.source.kind.catalogue {
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
    JSONDocument.object(ConfigurationKey.all(names).written(self)).text
  }
}
