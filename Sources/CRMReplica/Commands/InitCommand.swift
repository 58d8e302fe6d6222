internal import Glibc
internal import HTTP
internal import ReplicaFile

/// `init`: a configuration and the file of its secret, made of answers to a few questions.
struct InitCommand: Command {
  /// The configuration to be written.
  let config: String
  /// The replica, as the command line names it; nil for one beside the configuration.
  let database: String?

  static let syntax = CommandSyntax(
    name: "init", summary: "ask for an account and its token, and write a configuration",
    details: details,
    options: [.written, .named])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    // Before anybody is asked for anything. Of the kinds each has a name of its own for the secret.
    let secrets = SourceKind.allCases.map { path(ending: $0.secretNames.credential) }
    for path in [config] + secrets where access(path, F_OK) == 0 {
      throw InitError.taken(path: path)
    }
    let questions = Questions(stop: environment.stop)
    let (source, secret) = try Self.source(questions)
    let names = source.kind.secretNames
    let secretFile = path(ending: names.credential)
    var configuration = Configuration(database: name(of: "sqlite"), source: source)
    if let database { configuration.database = config.folder == "" ? database : database.absolute }
    let file = name(of: names.credential)
    // What is long would be taken for the secret itself.
    let shown = file.namesAFile ? file : "./\(file)"
    if names == .token {
      configuration.source.tokenFile = shown
    } else {
      configuration.source.accessKeyFile = shown
    }
    try Self.write(secret.secret + "\n", to: secretFile, 0o600)
    do {
      try Self.write(configuration.text(ReplicaSettings.names), to: config, 0o644)
    } catch {
      unlink(secretFile)
      throw error
    }
    try environment.output.write(
      "Wrote \(config.onOneLine()), and \(secretFile.onOneLine()), which you alone can read.\n")
    let code = try CheckCommand(place: .configured(by: config), printConfig: false)
      .run(environment)
    let place = config == ReplicaPlace.usual[0] ? "" : " --config \(config.asShellWord)"
    try environment.output.write(
      code == .success
        ? "Next: crm-replica sync\(place)\n"
        : "Next: mend what has failed in these files, then: crm-replica check\(place)\n")
    return code
  }

  // MARK: Answers

  /// Which account it is, and what lets in.
  private static func source(
    _ questions: Questions
  ) throws -> (source: Configuration.Source, secret: Token) {
    let standard = SourceKind.described
    let kinds = SourceKind.allCases.map(\.rawValue).joined(separator: " or ")
    let kind = try answer(
      questions, "Kind of account, \(kinds) [\(standard.rawValue)]"
    ) { text throws(Complaint) in
      text.isEmpty ? standard : try ValueRule<SourceKind>.choice.read(.string(text))
    }
    var source = Configuration.Source(kind: kind, baseURL: Configuration.unread.source.baseURL)
    let required = Set(kind.requiredKeys.map(\.path))
    let hasAddress = !required.contains("source.base_url")
    source.baseURL = try answer(
      questions,
      "Address of the \(kind.product) account" + (hasAddress ? " [\(source.baseURL)]" : "")
    ) { [source] text throws(Complaint) in
      text.isEmpty && hasAddress ? source.baseURL : try ValueRule.address.read(.string(text))
    }
    if required.contains("source.username") {
      source.username = try answer(questions, "Name of the user who reads it") {
        text throws(Complaint) in try ValueRule.word.read(.string(text))
      }
    }
    let word = kind.secretNames.word
    let secret = try answer(
      questions, "\(word.prefix(1).uppercased() + word.dropFirst()), from \(kind.secretPlace)",
      isSecret: true
    ) { text throws(Complaint) in
      do throws(TokenError) {
        return try TokenSource.token(Array(text.utf8), .environment)
      } catch {
        throw Complaint("must be one word of visible ASCII characters")
      }
    }
    return (source, secret)
  }

  /// The answer as it is read; a person is asked again where it is wrong.
  private static func answer<Value>(
    _ questions: Questions, _ question: String, isSecret: Bool = false,
    _ read: (String) throws(Complaint) -> Value
  ) throws -> Value {
    while true {
      let text = try questions.ask(question, isSecret: isSecret)
      do throws(Complaint) {
        return try read(text)
      } catch {
        guard questions.isPerson else { throw QuestionError.wrong(question, complaint: error.text) }
        questions.say("That \(error.text).\n")
      }
    }
  }

  // MARK: Files

  /// A file named after the configuration, as that names it: in its own folder.
  private func name(of ending: String) -> String {
    let file = config.split(separator: "/").last.map(String.init) ?? config
    return (file.hasSuffix(".json") ? String(file.dropLast(5)) : file) + ".\(ending)"
  }

  private func path(ending: String) -> String { name(of: ending).placed(in: config.folder) }

  /// Writes a file that is not there yet (open(2), O_EXCL), whatever the umask of the process.
  private static func write(_ text: String, to path: String, _ mode: mode_t) throws(InitError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw errno == EEXIST ? .taken(path: path) : .unwritable(path: path, code: errno)
    }
    let isWritten =
      fchmod(descriptor, mode) == 0 && writeAll(text, to: descriptor) && fsync(descriptor) == 0
    let code = errno
    close(descriptor)
    guard isWritten else {
      unlink(path)
      throw .unwritable(path: path, code: code)
    }
  }
}

extension InitCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(config: try words.value(.written), database: words.optional(.named))
  }
}

extension OptionSyntax {
  fileprivate static let written = OptionSyntax(
    name: "--config", value: "FILE", presence: .defaulted(ReplicaPlace.usual[0]),
    help: "the configuration to write", short: "-c")
  fileprivate static let named = OptionSyntax(
    name: "--database", value: "FILE", presence: .optional,
    help: "the replica that it names; without this one beside it")
}

/// Why nothing could be set up.
enum InitError: OperatorError, Hashable {
  case taken(path: String)
  case unwritable(path: String, code: CInt)

  var exitCode: ExitCode { .configuration }

  var message: String {
    switch self {
    case .taken(let path):
      """
      \(path.onOneLine()) is there already. It was left as it is, and nothing was written.
      Name another configuration with --config, or take that file away.
      """
    case .unwritable(let path, let code):
      """
      \(path.onOneLine()) cannot be written: \(String(cString: strerror(code))).
      Nothing was written. Name a configuration in another folder with --config.
      """
    }
  }
}

/// What its page of the help says.
private let details = """
  Asks on the terminal, where the token is not shown, or takes the answers from a pipe, a line
  each: the kind, the address (an empty line for Capsule's), of a Vtiger account the user's name,
  and the token or access key. Writes the token to a file of its own, closed to others, and a
  configuration that shows what can be set, both named after the configuration; then does what
  "check" does. Overwrites nothing.
  """
