/// Records that are made one after another, evenly over a time: the higher the number, the later.
struct Growth {
  let count: Int
  /// Seconds since 1970.
  let begin: Int
  /// Seconds from one record to the next, on the average.
  let step: Int

  init(_ count: Int, from begin: Int, to end: Int) {
    (self.count, self.begin) = (count, begin)
    step = max(1, (end - begin) / max(1, count))
  }

  /// When a record was made.
  func made(_ number: Int) -> Int { begin + number * step + number &* 7_919 % step }

  /// Records that are there at an instant.
  func count(at instant: Int) -> Int {
    guard instant >= begin else { return 0 }
    let certain = min(count, (instant - begin) / step)
    return certain < count && made(certain) <= instant ? certain + 1 : certain
  }
}

/// When which records were made or changed.
struct Changes {
  typealias Event = (at: Int, number: Int)
  private let events: [Event]

  init(_ events: [Event]) { self.events = events.sorted { $0.at < $1.at } }

  /// The records of a time, each once, in the order of their numbers.
  func numbers(from begin: Int, to end: Int) -> [Int] {
    Set(events[place(of: begin)..<place(of: end + 1)].map(\.number)).sorted()
  }

  /// How many events lie before an instant.
  private func place(of instant: Int) -> Int {
    var (low, high) = (0, events.count)
    while low < high {
      let middle = (low + high) / 2
      if events[middle].at < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
