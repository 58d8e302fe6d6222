package import Model
package import ReplicaFile
package import SQLite

/// The source's clock, as far as this host can tell it.
///
/// Which clock: what is due within a period, kept, fresh, repeated, blocked or resumed is decided
/// by this one, and every instant beside a row is its. It is read off the replies of a run, and
/// goes on from there with a clock of this host that nobody can set: so a host whose clock is wrong
/// or is set decides the same. The host's own clock says when rounds begin, and stands in `_runs`.
///
/// Before the first reply of a process it goes on from the last reading of the file. If the host
/// was started anew since, the host's clock has to do: with the error that it had then or without,
/// whichever is earlier and not before that reading. If both are, it was set back, and the time
/// since is not known.
package struct SourceClock {
  /// Seconds by which the host's clock may be wrong before that is said.
  package static let tolerance: Int64 = 900
  /// Seconds that the dates of replies differ by chance: they are whole ones, and some are late.
  private static let jitter: Int64 = 2

  private let clock: any Clock
  private var reading: (date: Timestamp, at: Duration)
  /// Whether the time since the last reading is known.
  package private(set) var isKnown = true
  /// Whether a reply was read since it was made.
  private(set) var isRead = false
  /// What it showed when it was made, or at the first reply if that was earlier.
  private(set) var started: Timestamp

  /// `last` is the reading that the file keeps.
  package init(_ clock: any Clock, after last: ClockStore.Reading?) {
    self.clock = clock
    var date = clock.now()
    if let last {
      if let uptime = clock.uptime, let before = last.uptime, uptime.boot == before.boot,
        uptime.seconds >= before.seconds
      {
        date = last.source + (uptime.seconds - before.seconds)
      } else {
        let possible = [date, date + (last.source - last.host)].filter { $0 >= last.source }
        (date, isKnown) = (possible.min() ?? last.source, !possible.isEmpty)
      }
    }
    (reading, started) = ((date, clock.elapsed()), date)
  }

  /// What it shows as far as a file can tell.
  package static func now(in connection: Connection) throws -> Timestamp {
    SourceClock(SystemClock(), after: try ClockStore(connection).last()).now()
  }

  package func now() -> Timestamp {
    reading.date + (clock.elapsed() - reading.at).components.seconds
  }

  /// A reply says what it shows.
  mutating func saw(_ date: Timestamp) {
    guard !isRead || abs(date - now()) > Self.jitter else { return }
    started = isRead ? min(started, date) : date
    reading = (date, clock.elapsed())
    (isRead, isKnown) = (true, true)
  }

  /// For the file.
  var note: ClockStore.Reading {
    ClockStore.Reading(source: now(), host: clock.now(), uptime: clock.uptime)
  }

  package static func sentence(ofHostAhead seconds: Int64) -> String {
    "This host's clock is \(abs(seconds) / 60) minutes \(seconds > 0 ? "ahead of" : "behind") the "
      + "source's. The replica goes by the source's; rounds begin by this host's, so set it right."
  }

  /// Seconds by which the host's clock is ahead, or nil where that is not worth a word.
  package var hostError: Int64? {
    let error = clock.now() - now()
    return abs(error) >= Self.tolerance ? error : nil
  }
}
