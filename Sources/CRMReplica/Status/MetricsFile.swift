internal import Glibc
internal import Replication
internal import SQLite

/// Why the metrics could not be written.
struct MetricsFileError: Error, Hashable {
  /// What was tried, and the system's word for why it failed.
  let text: String
}

/// The file of metrics that a collector reads: it is there whole, or as it was before.
enum MetricsFile {
  /// Writes the text aside in the same folder, and gives it the name in one step (rename(2)). Every
  /// user may read it. It need not outlive a power cut, so nothing is forced to the disk.
  static func write(_ text: String, to path: String) throws(MetricsFileError) {
    // A collector reads the names that end in `.prom`.
    let aside = path + ".new"
    // To open a named pipe waits for who reads it, unless it is told not to.
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = open(aside, flags, 0o644)
    let special = MetricsFileError(text: "\(aside.onOneLine()) is no regular file; remove it")
    guard descriptor >= 0 else { throw errno == ENXIO ? special : failure("open", aside) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw special
    }
    do throws(MetricsFileError) {
      defer { close(descriptor) }
      // Whatever the umask is.
      guard fchmod(descriptor, 0o644) == 0 else { throw failure("chmod", aside) }
      guard writeAll(text, to: descriptor) else { throw failure("write", aside) }
    } catch {
      unlink(aside)
      throw error
    }
    guard rename(aside, path) == 0 else {
      let refusal = failure("rename", path)
      unlink(aside)
      throw refusal
    }
  }

  private static func failure(_ doing: String, _ path: String) -> MetricsFileError {
    MetricsFileError(text: "\(doing) \(path.onOneLine()): \(String(cString: strerror(errno)))")
  }

  /// Bytes of a database and of the log beside it, or nil when it cannot be told.
  static func size(ofDatabase path: String) -> Int64? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let size = Int64(status.st_size)
    return stat(path + "-wal", &status) == 0 ? size + Int64(status.st_size) : size
  }
}

extension Session {
  /// Writes the metrics of the replica, if the configuration names a file for them. What goes wrong
  /// with that is a line of the log: a round is no worse for it.
  func writeMetrics(_ log: Log) {
    guard let path = settings.configuration.metricsFile else { return }
    do {
      try requireInPlace()
      let report = try StatusReport(settings, in: connection, config: "", maxAge: nil)
      let size = MetricsFile.size(ofDatabase: settings.configuration.database)
      try MetricsFile.write(
        Metrics(report, version: Program.version, size: size).text, to: path)
    } catch let error as MetricsFileError {
      log.note(.warning, "metrics not written", ["error": error.text])
    } catch {
      log.note(.warning, "metrics not written", ["file": path, "error": "\(error)"])
    }
  }
}
