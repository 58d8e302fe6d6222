package import Model
package import SQLite

/// Runs a sample report on a file.
extension SampleReport {
  package func rows(_ connection: Connection) throws -> [[Value]] { try connection.rows(sql) }
}
