/// The log of the program, one event a line, and the progress line that a terminal shows below it.
final class Log {
  /// Who reads the log.
  enum Reader: Sendable, Hashable {
    /// A pipe or a file: `key=value` pairs, progress as lines of their own.
    case program
    /// The journal: the same behind a priority, and without the time, which it notes itself.
    case journal
    /// A terminal: sentences, progress on one line that is written over.
    case person
    /// Whoever asks for it: a JSON object a line.
    case collector
  }

  private(set) var reader: Reader
  private(set) var minimum: LogLevel
  private let width: () -> Int
  private let secondsSince1970: () -> Int64
  private let write: (String) -> Void
  private var progressLine = ""

  /// `width` is asked for before each progress line, in characters; `write` takes whole pieces of
  /// output.
  init(
    for reader: Reader, from minimum: LogLevel = .info, width: @escaping () -> Int = { 80 },
    secondsSince1970: @escaping () -> Int64, write: @escaping (String) -> Void
  ) {
    (self.reader, self.minimum, self.width) = (reader, minimum, width)
    (self.secondsSince1970, self.write) = (secondsSince1970, write)
  }

  /// The log on stderr, in the form that suits who reads it.
  static func standardError(
    from minimum: LogLevel = .info, environment: [String: String],
    secondsSince1970: @escaping () -> Int64
  ) -> Log {
    Log(
      for: Reader.ofStandardError(environment), from: minimum,
      width: { StandardStream.error.width }, secondsSince1970: secondsSince1970,
      write: { _ = writeAll($0, to: StandardStream.error.rawValue) })
  }

  /// Takes over what the command line says of the log.
  func adopt(_ voice: Voice) {
    reader = voice.reader ?? reader
    minimum = voice.minimum ?? minimum
  }

  /// Writes an event. Fields without a value are left out.
  func note(
    _ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String?> = [:]
  ) {
    let present = fields.compactMap { key, value in value.map { (key: key, value: $0) } }
    writeLine(level, event, present)
  }

  /// Writes an event that ends something, with whole sentences that say the same: for a person they
  /// are the line, for others the field `summary`.
  func conclude(
    _ level: LogLevel, _ event: String, _ sentence: String,
    _ fields: KeyValuePairs<String, String?> = [:]
  ) {
    let present = fields.compactMap { key, value in value.map { (key: key, value: $0) } }
    writeLine(level, event, present, sentence)
  }

  /// Writes a message for people, which may be several lines, as it is.
  func say(_ level: LogLevel, _ message: String) {
    clearProgress()
    if reader == .collector { return writeLine(level, "message", [("text", message)]) }
    let mark = reader == .journal ? "<\(level.priority)>" : ""
    let lines = message.split(separator: "\n", omittingEmptySubsequences: reader == .journal)
    write(lines.map { "\(mark)\($0)\n" }.joined())
  }

  /// Shows how far a table has come.
  func show(_ report: ProgressReport) {
    switch reader {
    case .program, .journal, .collector:
      writeLine(.info, "progress", report.fields)
    case .person:
      guard minimum <= .info else { return }
      let line = report.line(width: max(1, width() - 1))
      write(over(progressLine, with: line))
      progressLine = line
    }
  }

  /// Takes the progress line away, before results are printed or when there is no more progress.
  func clearProgress() {
    guard !progressLine.isEmpty else { return }
    write(over(progressLine, with: "") + "\r")
    progressLine = ""
  }

  private func writeLine(
    _ level: LogLevel, _ event: String, _ fields: [(key: String, value: String)],
    _ sentence: String? = nil
  ) {
    guard level >= minimum else { return }
    let line = LogLine(
      level: level, secondsSince1970: secondsSince1970(), event: event, fields: fields,
      sentence: sentence)
    let text =
      switch reader {
      case .person: line.human
      case .program: line.plain
      case .journal: line.journal
      case .collector: line.json
      }
    if progressLine.isEmpty {
      write(text + "\n")
    } else {
      write(over(progressLine, with: text) + "\n" + progressLine)
    }
  }

  /// A line over the last one; blanks cover what is left of it, so that no terminal needs to know
  /// an escape sequence.
  private func over(_ last: String, with line: String) -> String {
    "\r" + line + String(repeating: " ", count: max(0, last.count - line.count))
  }
}
