internal import ReplicaFile

extension Configuration {
  /// Publishes a copy of the replica, if there is a name for one. What goes wrong with that is a
  /// line of the log: a round is no worse for it, and the copy of a former one stays. Returns
  /// whether nothing did.
  @discardableResult
  func publishCopy(_ log: Log, isStopped: @escaping () -> Bool) -> Bool {
    guard let path = publishedCopy else { return true }
    do {
      try PublishedCopy.write(of: database, to: path, isStopped: isStopped)
      return true
    } catch let error as PublishedCopyError {
      log.note(.warning, "copy not published", ["error": error.text])
    } catch {
      log.note(.warning, "copy not published", ["file": path, "error": "\(error)"])
    }
    return false
  }
}

extension Session {
  /// Publishes a copy after a round that was as good as the source lets it be. Returns whether
  /// nothing went wrong.
  @discardableResult
  func publishCopy(
    after summary: RunSummary, _ log: Log, isStopped: @escaping () -> Bool
  ) -> Bool {
    guard summary.isAsGoodAsItGets else { return true }
    return settings.configuration.publishCopy(log, isStopped: isStopped)
  }
}
