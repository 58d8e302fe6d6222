import Testing

@testable import CRMReplica

@Suite struct HelpTextTests {
  @Test func `the overview lists commands and exit codes`() {
    #expect(
      HelpCommand(topic: nil).page == """
        crm-replica keeps one SQLite file equal to one CRM account.

        usage: crm-replica COMMAND [OPTION]...

        commands:
          demo       show a sync, changes, a second sync and reports; needs no account
          init       ask for an account and its token, and write a configuration
          check      test configuration, token, connection, quota and database
          authorise  have a user grant access by OAuth 2, and store the tokens
          sync       bring the file up to date once, then exit
          run        keep the file up to date until stopped (the daemon)
          plan       tell the requests and the time that the next round will take
          status     tell how fresh and complete each table is
          report     print what a view or a table holds, or list the views
          resync     read one table in full from its first page
          why        tell what the file knows of one row, and since when
          accept     make tombstones of the rows that the delete guard holds back
          purge      take what deleted records held out of the file for good
          verify     compare the file with the account, and change nothing
          tables     list the tables and how each is read
          schema     print the SQL that creates the file
          generate   print the manual page, shell completion or JSON Schema
          help       show this overview, or the page of one command
          version    print the versions of the program and of its libraries

        options:
          -h, --help     show this help
          -V, --version  print the versions of the program and of its libraries

        exit codes:
          0    all well
          1    some tables failed, differ, are stale or are held by the delete guard
          64   the command line was not understood
          69   the source is unavailable
          70   a defect of this program
          73   the database cannot be opened or written
          74   standard output cannot be written
          75   try later: the allowance is spent, or another instance holds the file
          77   the source refused the token or its scope
          78   the configuration or the token is wrong, or the file is another account's
          130  cut off by SIGINT
          143  cut off by SIGTERM

        Without --config, the configuration is the one that CRM_REPLICA_CONFIG names, or
        ./crm-replica.json or /etc/crm-replica/crm-replica.json.
        DATABASE, a path with a point or a slash, takes its place: all else is then as by default.
        The token comes from the file named by "token_file" in the configuration, from the systemd
        credential "token" or from CRM_REPLICA_TOKEN, never from the command line.
        Run "crm-replica help COMMAND" for the options of a command.

        """)
  }

  @Test func `page of a command with options`() {
    #expect(
      HelpCommand(topic: "sync").page == """
        crm-replica sync: bring the file up to date once, then exit

        usage: crm-replica sync [DATABASE] [--config FILE] [--database FILE] [--table NAME]...
                 [--full] [--wait] [--json] [--quiet] [--verbose] [--log-format FORMAT]

        Asks for what has changed since the last sync. With --full it reads everything once more,
        within the allowance of requests. A terminal is shown every table; others are told those
        that changed or failed, and the sum of it.

        options:
          -c, --config FILE    the configuration, a JSON file
          --database FILE      the replica itself, in the place of a configuration
          --table NAME         only this table; may stand more than once
          --full               read everything once more, not only what has changed
          --wait               wait for the allowance, however long; without this at most a minute
          --json               print one JSON object
          -q, --quiet          say nothing but what needs a person
          -v, --verbose        say everything
          --log-format FORMAT  the form of the log: text or json, an object a line (default: text)
          -h, --help           show this help

        """)
  }

  @Test func `page of a command with a default`() {
    #expect(
      HelpCommand(topic: "demo").page == """
        crm-replica demo: show a sync, changes, a second sync and reports; needs no account

        usage: crm-replica demo [--database FILE] [--source KIND] [--serve]

        Starts a simulated account on this machine, copies it to a file, changes it, copies the
        changes and prints reports from the file. Nothing leaves this machine. With --serve it
        copies nothing: the accounts stay up, it prints a configuration and a token for each, and
        what is typed happens there (edit, delete, 429, 500, slow, well); SIGUSR1 is "edit".

        options:
          --database FILE  the SQLite file to write (default: demo.sqlite)
          --source KIND    whose account: capsule or vtiger (the first, or with --serve both)
          --serve          keep the accounts up to rehearse with, and copy nothing
          -h, --help       show this help

        """)
  }

  @Test func `page of a command with operands that must stand`() {
    #expect(
      HelpCommand(topic: "why").page == """
        crm-replica why: tell what the file knows of one row, and since when

        usage: crm-replica why [DATABASE] ENTITY ID [--config FILE] [--database FILE] [--json]

        ENTITY is a table or one of its records (parties, party), ID its key; a key of two columns
        is written with a slash (party/12). Reads the file alone and asks the account nothing.
        Exits with 1 when the file has never had such a row.

        options:
          -c, --config FILE  the configuration, a JSON file
          --database FILE    the replica itself, in the place of a configuration
          --json             print one JSON object
          -h, --help         show this help

        """)
  }

  @Test func `page of a command with an operand`() {
    #expect(
      HelpCommand(topic: "help").page == """
        crm-replica help: show this overview, or the page of one command

        usage: crm-replica help [COMMAND]

        options:
          -h, --help  show this help

        """)
  }

  @Test(arguments: Commands.syntaxes.map(\.name))
  func `every page fits a terminal and shows every option`(name: String) throws {
    let page = HelpCommand(topic: name).page
    #expect(page.split(separator: "\n").allSatisfy { $0.count <= 100 && $0.last != " " })
    for option in try Commands.find(name).syntax.allOptions {
      let name = option.spellings.joined(separator: ", ")
      #expect(page.contains("\n  \(name) ") || page.contains("\n  \(name)\n"))
    }
  }
}
