internal import Glibc

/// Questions to who runs the program: a person at a terminal, who sees each, or a program that
/// gives the answers on a pipe, a line each.
struct Questions {
  /// In bytes.
  private static let longestAnswer = 4_096

  /// Ends the wait for an answer.
  let stop: StopSignal

  /// Whether a person answers, who may try again.
  let isPerson = isatty(STDIN_FILENO) == 1

  /// The answer, without blanks around it. What `isSecret` is not shown while it is typed.
  func ask(_ question: String, isSecret: Bool = false) throws(QuestionError) -> String {
    guard isPerson else { return try line(question) }
    var former = termios()
    let isHidden = isSecret && tcgetattr(STDIN_FILENO, &former) == 0
    // First of all, so that nothing is shown that is typed in answer to the question.
    if isHidden {
      var hidden = former
      hidden.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
    }
    defer {
      if isHidden {
        tcsetattr(STDIN_FILENO, TCSANOW, &former)
        // The end of the line was not shown either.
        say("\n")
      }
    }
    say("\(question): ")
    return try line(question)
  }

  /// Says something that is no result.
  func say(_ text: String) {
    _ = writeAll(text, to: StandardStream.error.rawValue)
  }

  /// The next line. Bytes behind it are left to be read (read(2)).
  private func line(_ question: String) throws(QuestionError) -> String {
    var bytes: [UInt8] = []
    while bytes.count < Self.longestAnswer {
      var waiting = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stop.stopDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 2, -1) > 0 else { continue }
      if waiting[1].revents != 0 { throw .stopped(stop.exitCode) }
      var byte: UInt8 = 0
      switch read(STDIN_FILENO, &byte, 1) {
      case 1 where byte == UInt8(ascii: "\n"): return Self.trimmed(bytes)
      case 1: bytes.append(byte)
      case 0 where !bytes.isEmpty: return Self.trimmed(bytes)
      case 0: throw .unanswered(question)
      default: if errno != EINTR, errno != EAGAIN { throw .unanswered(question) }
      }
    }
    throw .unanswered(question)
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    let isBlank = { (byte: UInt8) in [0x20, 0x09, 0x0D].contains(byte) }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) } ?? start
    return start < bytes.endIndex ? String(decoding: bytes[start...end], as: UTF8.self) : ""
  }
}

/// Why a question has no answer. It repeats none, which may be a secret.
enum QuestionError: OperatorError, Hashable {
  /// The input ended, or its line does not.
  case unanswered(String)
  case wrong(String, complaint: String)
  case stopped(ExitCode)

  var exitCode: ExitCode {
    switch self {
    case .unanswered, .wrong: .usage
    case .stopped(let code): code
    }
  }

  var message: String {
    switch self {
    case .unanswered(let question): "There is no answer to: \(question).\nNothing was written."
    case .wrong(let question, let complaint):
      "The answer to: \(question) \(complaint).\nNothing was written."
    case .stopped: "Stopped by a signal. Nothing was written."
    }
  }
}
