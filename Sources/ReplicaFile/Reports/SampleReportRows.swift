package import Model
package import SQLite

/// What a sample report shows of a file.
extension SampleReport {
  package func rows(_ connection: Connection) throws -> [[Value]] { try connection.rows(sql) }
}
