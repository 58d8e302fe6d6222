import Testing

@testable import CRMReplica

@Suite struct ArgumentsTests {
  @Test(
    arguments: [
      ("demo", DemoCommand(database: "demo.sqlite")),
      ("demo --database x.sqlite", DemoCommand(database: "x.sqlite")),
      (
        "demo --serve --source vtiger",
        DemoCommand(database: "demo.sqlite", kind: .vtiger, serves: true)
      ),
      ("check --config c.json", CheckCommand(place: .configured(by: "c.json"), printConfig: false)),
      ("check --config=c.json", CheckCommand(place: .configured(by: "c.json"), printConfig: false)),
      ("check --config=a=b", CheckCommand(place: .configured(by: "a=b"), printConfig: false)),
      ("check --config=-c", CheckCommand(place: .configured(by: "-c"), printConfig: false)),
      ("check -c c.json", CheckCommand(place: .configured(by: "c.json"), printConfig: false)),
      ("check -c=c.json", CheckCommand(place: .configured(by: "c.json"), printConfig: false)),
      ("check", CheckCommand(place: nil, printConfig: false)),
      ("check ./d", CheckCommand(place: .file("./d"), printConfig: false)),
      ("check --database d", CheckCommand(place: .file("d"), printConfig: false)),
      (
        "check --print-config --config c",
        CheckCommand(place: .configured(by: "c"), printConfig: true)
      ),
      ("sync --config c", SyncCommand(place: .configured(by: "c"), tables: [], full: false)),
      (
        "sync --table b --full --config c --table=a --table b",
        SyncCommand(place: .configured(by: "c"), tables: ["b", "a"], full: true)
      ),
      ("sync d.sqlite --full", SyncCommand(place: .file("d.sqlite"), tables: [], full: true)),
      ("run d.sqlite", RunCommand(place: .file("d.sqlite"))),
      ("run --config c", RunCommand(place: .configured(by: "c"))),
      ("status --config c", StatusCommand(place: .configured(by: "c"), json: false, maxAge: nil)),
      (
        "status --json --max-age 26h --config c",
        StatusCommand(place: .configured(by: "c"), json: true, maxAge: .seconds(26 * 3_600))
      ),
      (
        "report --config c",
        ReportCommand(
          place: .configured(by: "c"), view: nil, format: .table, limit: nil, columns: false)
      ),
      (
        "report win_rate --csv --limit 5 --config c",
        ReportCommand(
          place: .configured(by: "c"), view: "win_rate", format: .csv, limit: 5, columns: false)
      ),
      (
        "report d.sqlite win_rate",
        ReportCommand(
          place: .file("d.sqlite"), view: "win_rate", format: .table, limit: nil, columns: false)
      ),
      (
        "report a.b --config c",
        ReportCommand(
          place: .configured(by: "c"), view: "a.b", format: .table, limit: nil, columns: false)
      ),
      (
        "report --database d",
        ReportCommand(place: .file("d"), view: nil, format: .table, limit: nil, columns: false)
      ),
      (
        "report --json --columns v_party --config c",
        ReportCommand(
          place: .configured(by: "c"), view: "v_party", format: .json, limit: nil, columns: true)
      ),
      (
        "report parties --csv --spreadsheet --since 2026-01-01 --by created_at --config c",
        ReportCommand(
          place: .configured(by: "c"), view: "parties", format: .spreadsheet,
          days: ReportDays(first: "2026-01-01", column: "created_at"), limit: nil, columns: false)
      ),
      ("resync parties --config c", ResyncCommand(place: .configured(by: "c"), table: "parties")),
      ("resync --config c parties", ResyncCommand(place: .configured(by: "c"), table: "parties")),
      (
        "why party 12 --json --config c",
        WhyCommand(place: .configured(by: "c"), entity: "party", key: "12", json: true)
      ),
      (
        "why --config c tag_definitions party/3",
        WhyCommand(
          place: .configured(by: "c"), entity: "tag_definitions", key: "party/3", json: false)
      ),
      (
        "why x/d party 1.2",
        WhyCommand(place: .file("x/d"), entity: "party", key: "1.2", json: false)
      ),
      (
        "accept tasks --config c",
        AcceptCommand(place: .configured(by: "c"), table: "tasks", dryRun: false)
      ),
      (
        "accept --dry-run tasks --config c",
        AcceptCommand(place: .configured(by: "c"), table: "tasks", dryRun: true)
      ),
      (
        "purge party 12 --config c 13",
        PurgeCommand(
          place: .configured(by: "c"), entity: "party", ids: ["12", "13"], dryRun: false)
      ),
      (
        "purge --dry-run parties 12 --config c",
        PurgeCommand(place: .configured(by: "c"), entity: "parties", ids: ["12"], dryRun: true)
      ),
      (
        "verify --config c",
        VerifyCommand(place: .configured(by: "c"), tables: [], requests: nil, json: false)
      ),
      (
        "verify --json --requests 40 --table b --config c",
        VerifyCommand(place: .configured(by: "c"), tables: ["b"], requests: 40, json: true)
      ),
      ("tables", TablesCommand(place: nil)),
      ("schema", SchemaCommand(place: nil)),
      ("generate config-schema", GenerateCommand(what: .configSchema)),
      ("help", HelpCommand(topic: nil)),
      ("help sync", HelpCommand(topic: "sync")),
      ("help help", HelpCommand(topic: "help")),
      ("sync --help", HelpCommand(topic: "sync")),
      ("sync --full -h", HelpCommand(topic: "sync")),
      ("help --help", HelpCommand(topic: "help")),
      ("--help", HelpCommand(topic: nil)),
      ("-h", HelpCommand(topic: nil)),
      ("--version", VersionCommand()),
      ("-V", VersionCommand()),
      ("version", VersionCommand()),
    ] as [(String, any Command)])
  func parses(line: String, command: any Command) throws {
    #expect(try AnyHashable(Arguments.parse(words(line))) == AnyHashable(command))
  }

  @Test(
    arguments: [
      ("", UsageError.noCommand, "A command is missing."),
      (
        "sycn", .unknownCommand("sycn", nearest: "sync"),
        "\"sycn\" is not a command; did you mean \"sync\"?"
      ),
      ("blorb", .unknownCommand("blorb", nearest: nil), "\"blorb\" is not a command."),
      (
        "help stat", .unknownCommand("stat", nearest: "status"),
        "\"stat\" is not a command; did you mean \"status\"?"
      ),
      (
        "--versoin", .unknownOption("--versoin", command: nil, nearest: "--version"),
        "\"--versoin\" is not an option; did you mean \"--version\"?"
      ),
      (
        "sync --confg=c", .unknownOption("--confg", command: "sync", nearest: "--config"),
        "\"--confg\" is not an option of \"sync\"; did you mean \"--config\"?"
      ),
      (
        "run --json", .unknownOption("--json", command: "run", nearest: nil),
        "\"--json\" is not an option of \"run\"."
      ),
      (
        "sync --token=abc123", .unknownOption("--token", command: "sync", nearest: nil),
        "\"--token\" is not an option of \"sync\"."
      ),
      (
        "sync --config", .missingValue("--config", value: "FILE", command: "sync"),
        "--config needs a value: --config FILE."
      ),
      (
        "sync --config --full", .missingValue("--config", value: "FILE", command: "sync"),
        "--config needs a value: --config FILE."
      ),
      (
        "sync --config=", .missingValue("--config", value: "FILE", command: "sync"),
        "--config needs a value: --config FILE."
      ),
      (
        "resync --config c", .missingOperand("TABLE", command: "resync"), "\"resync\" needs TABLE."
      ),
      (
        "why party --config c", .missingOperand("ID", command: "why"), "\"why\" needs ID."
      ),
      (
        "purge party --config c", .missingOperand("ID", command: "purge"), "\"purge\" needs ID."
      ),
      (
        "sync parties", .strayArgument("parties", command: "sync"),
        "\"parties\" is more than \"sync\" understands."
      ),
      (
        "sync a.sqlite b.sqlite", .strayArgument("b.sqlite", command: "sync"),
        "\"b.sqlite\" is more than \"sync\" understands."
      ),
      (
        "resync a.sqlite", .missingOperand("TABLE", command: "resync"), "\"resync\" needs TABLE."
      ),
      (
        "purge a.sqlite 12 --database d",
        .unknownOption("--database", command: "purge", nearest: nil),
        "\"--database\" is not an option of \"purge\"."
      ),
      (
        "generate mna",
        .badOperand(
          "mna", known: ["man", "bash", "zsh", "fish", "config-schema"], command: "generate"),
        "\"mna\" is none of man, bash, zsh, fish, config-schema; did you mean \"man\"?"
      ),
      (
        "accept a b --config c", .strayArgument("b", command: "accept"),
        "\"b\" is more than \"accept\" understands."
      ),
      (
        "run --config a -c b", .repeatedOption("--config", command: "run"),
        "--config stands more than once; give it once."
      ),
      (
        "sync --full --full --config c", .repeatedOption("--full", command: "sync"),
        "--full stands more than once; give it once."
      ),
      (
        "sync --full=yes --config c", .unexpectedValue("--full", command: "sync"),
        "--full takes no value."
      ),
      (
        "tables parties", .strayArgument("parties", command: "tables"),
        "\"parties\" is more than \"tables\" understands."
      ),
      (
        "help sync run", .strayArgument("run", command: "help"),
        "\"run\" is more than \"help\" understands."
      ),
      (
        "--version x", .strayArgument("x", command: "--version"),
        "\"x\" is more than \"--version\" understands."
      ),
      (
        "report --config c --csv --json",
        .badValue("--csv", complaint: "and --json exclude each other", command: "report"),
        "--csv and --json exclude each other."
      ),
      (
        "report --config c --database d",
        .badValue("--database", complaint: "and --config exclude each other", command: "report"),
        "--database and --config exclude each other."
      ),
      (
        "report --config c --limit 0",
        .badValue("--limit", complaint: "must be a whole number from 1", command: "report"),
        "--limit must be a whole number from 1."
      ),
      (
        "status --config c --max-age 0h",
        .badValue(
          "--max-age", complaint: "is \"0h\"; it must be \"1s\" or more", command: "status"),
        "--max-age is \"0h\"; it must be \"1s\" or more."
      ),
    ] as [(String, UsageError, String)])
  func `a wrong command line is refused with what is wrong`(
    line: String, error: UsageError, sentence: String
  ) {
    #expect(throws: error) { try Arguments.parse(words(line)) }
    #expect(error.message.hasPrefix(sentence + "\nRun \"crm-replica help"))
    #expect(error.exitCode == .usage)
  }

  @Test func `names the help page that answers`() {
    #expect(
      UsageError.repeatedOption("--full", command: "sync").message
        == """
        --full stands more than once; give it once.
        Run "crm-replica help sync" to see what there is.
        """)
    #expect(
      UsageError.strayArgument("x", command: "--version").message
        == """
        "x" is more than "--version" understands.
        Run "crm-replica help" to see what there is.
        """)
  }

  private func words(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init)
  }
}
