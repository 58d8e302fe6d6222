import Glibc
import HTTP
import Testing

@testable import CRMReplica

@Suite struct TokenSourceTests {
  private func message(of error: TokenError?) -> String {
    error.map { SecretError(names: .token, error: $0).message } ?? ""
  }

  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func `takes the file then the credential then the variable`() throws {
    let file = try directory.file("mine", Array("from-file\n".utf8))
    let credential = try directory.file("token", Array("from-credential".utf8), permissions: 0o444)
    let all = ["CREDENTIALS_DIRECTORY": directory.path, "CRM_REPLICA_TOKEN": "from-variable"]
    let first = try TokenSource(tokenFile: file, environment: all).find()
    #expect(first.token.secret == "from-file")
    #expect(first.origin == .file(file))
    let second = try TokenSource(tokenFile: nil, environment: all).find()
    #expect(second.token.secret == "from-credential")
    #expect(second.origin == .credential(credential))
    let third = try TokenSource(
      tokenFile: nil, environment: ["CRM_REPLICA_TOKEN": "from-variable"]
    ).find()
    #expect(third.token.secret == "from-variable")
    #expect(third.origin == .environment)
  }

  @Test func `passes over a credential directory without a token`() throws {
    let environment = ["CREDENTIALS_DIRECTORY": directory.path, "CRM_REPLICA_TOKEN": "x"]
    #expect(try TokenSource(tokenFile: nil, environment: environment).find().origin == .environment)
  }

  @Test(arguments: ["abc", "abc\n", "abc\r\n", " abc \t\n\n", "\nabc"])
  func `trims blanks and line ends`(content: String) throws {
    let file = try directory.file("t", Array(content.utf8))
    #expect(try TokenSource(tokenFile: file, environment: [:]).find().token.secret == "abc")
    let variable = ["CRM_REPLICA_TOKEN": content]
    #expect(try TokenSource(tokenFile: nil, environment: variable).find().token.secret == "abc")
  }

  @Test(arguments: [[], Array("\n".utf8), Array(" \t\r\n".utf8)] as [[UInt8]])
  func `refuses an empty token`(content: [UInt8]) throws {
    let file = try directory.file("t", content)
    #expect(throws: TokenError.empty(.file(file))) {
      try TokenSource(tokenFile: file, environment: ["CRM_REPLICA_TOKEN": "x"]).find()
    }
  }

  @Test(
    arguments: [
      Array("hush hush".utf8), Array("Bearer hush".utf8), Array("hush\nhush".utf8),
      Array("hüsh".utf8), Array("hush\u{7F}".utf8), Array("hush\u{1}x".utf8), [0x68, 0xFF],
      [0x68, 0x00],
    ] as [[UInt8]])
  func `refuses what is no token without repeating it`(content: [UInt8]) throws {
    let file = try directory.file("t", content)
    let error = #expect(throws: TokenError.malformed(.file(file))) {
      try TokenSource(tokenFile: file, environment: [:]).find()
    }
    #expect(!message(of: error).contains("h\u{FC}sh"))
    #expect(!message(of: error).contains("hush"))
  }

  @Test(arguments: [0o604, 0o602, 0o601, 0o644, 0o666, 0o777] as [mode_t])
  func `refuses a file that others may touch`(permissions: mode_t) throws {
    let file = try directory.file("t", Array("abc".utf8), permissions: permissions)
    let error = #expect(throws: TokenError.exposed(.file(file))) {
      try TokenSource(tokenFile: file, environment: [:]).find()
    }
    #expect(message(of: error).hasSuffix("\nRun: chmod 600 \(file)"))
  }

  @Test(arguments: [0o400, 0o600, 0o640] as [mode_t])
  func `accepts a file of owner and group`(permissions: mode_t) throws {
    let file = try directory.file("t", Array("abc".utf8), permissions: permissions)
    #expect(try TokenSource(tokenFile: file, environment: [:]).find().token.secret == "abc")
  }

  @Test func `refuses what is no small file`() throws {
    let large = try directory.file("large", [UInt8](repeating: 0x61, count: 65_537))
    let pipe = "\(directory.path)/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    let cases: [(String, SmallFileError)] = [
      (large, .tooLarge(limit: 65_536)), (directory.path, .directory), (pipe, .notRegular),
      ("\(directory.path)/none", .missing), ("\(large)/below", .system(ENOTDIR)),
    ]
    for (path, error) in cases {
      #expect(throws: TokenError.unreadable(.file(path), error)) {
        try TokenSource(tokenFile: path, environment: ["CRM_REPLICA_TOKEN": "x"]).find()
      }
    }
  }

  @Test func `reads a file as large as the limit`() throws {
    let file = try directory.file("t", [UInt8](repeating: 0x61, count: 65_536))
    let token = try TokenSource(tokenFile: file, environment: [:]).find().token
    #expect(token.secret.utf8.count == 65_536)
  }

  @Test(
    arguments: [
      (
        TokenError.noOrigin,
        """
        There is no token: no "token_file" is configured, no systemd credential "token" was \
        passed, and CRM_REPLICA_TOKEN is not set.
        Put the token in a file that you alone can read, and name it as "token_file" under "source".
        """
      ),
      (
        .unreadable(.file("/etc/t"), .missing),
        """
        The token cannot be read: /etc/t does not exist.
        Let "token_file" under "source" name the file that holds the token.
        """
      ),
      (
        .unreadable(.file("/etc"), .directory),
        """
        The token cannot be read: /etc is a directory.
        Let "token_file" under "source" name the file that holds the token.
        """
      ),
      (
        .unreadable(.file("/etc/t"), .system(EACCES)),
        """
        The token cannot be read: /etc/t cannot be read (Permission denied).
        Let the user that runs crm-replica own the file, and chmod 600 it.
        """
      ),
      (
        .unreadable(.credential("/run/c/token"), .notRegular),
        """
        The token cannot be read: the systemd credential /run/c/token is no regular file.
        Let LoadCredential=token:FILE in the unit name the file that holds the token.
        """
      ),
      (
        .unreadable(.file("/etc/t"), .tooLarge(limit: 65_536)),
        """
        The token cannot be read: /etc/t is larger than 64 KiB.
        Put the token there, alone on one line.
        """
      ),
      (
        .exposed(.file("/etc/t")),
        """
        The token in /etc/t is open to every user of this machine, so it is not used.
        Run: chmod 600 /etc/t
        """
      ),
      (
        .empty(.environment),
        """
        The token is empty in CRM_REPLICA_TOKEN.
        Put the token there, alone on one line.
        """
      ),
      (
        .malformed(.file("/etc/t")),
        """
        What stands in /etc/t is no token: it is more than one word of visible ASCII characters.
        Put the token there, alone on one line, without quotation marks or "Bearer".
        """
      ),
    ] as [(TokenError, String)])
  func saysWhatHappenedAndWhatToDo(error: TokenError, message: String) {
    let error = SecretError(names: .token, error: error)
    #expect(error.message == message)
    #expect(error.exitCode == .configuration)
  }

  @Test func `does not repeat a file name that may be the token`() {
    let secret = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo/AbCdEf"
    #expect(throws: TokenError.unreadable(.file(secret), .missing)) {
      try TokenSource(tokenFile: secret, environment: [:]).find()
    }
    for error in [TokenError.unreadable(.file(secret), .missing), .exposed(.file(secret))] {
      for names in [SecretNames.token, .accessKey] {
        let message = SecretError(names: names, error: error).message
        #expect(!message.contains(secret))
        #expect(message.contains("the file named by \"\(names.key)\""))
      }
    }
  }

  @Test func `an access key has places of its own`() throws {
    let directory = try TemporaryDirectory()
    _ = try directory.file("token", Array("another".utf8))
    _ = try directory.file("access_key", Array("QjHc7VqU\n".utf8))
    let environment = [
      "CREDENTIALS_DIRECTORY": directory.path, "CRM_REPLICA_ACCESS_KEY": "x",
      "CRM_REPLICA_TOKEN": "y",
    ]
    func found(_ environment: [String: String]) throws -> String {
      try TokenSource(tokenFile: nil, names: .accessKey, environment: environment)
        .find().token.secret
    }
    #expect(try found(environment) == "QjHc7VqU")
    #expect(try found(["CRM_REPLICA_ACCESS_KEY": "x", "CRM_REPLICA_TOKEN": "y"]) == "x")
    #expect(throws: TokenError.noOrigin) { try found(["CRM_REPLICA_TOKEN": "y"]) }
    let message = SecretError(names: .accessKey, error: .noOrigin).message
    #expect(message.hasPrefix("There is no access key: no \"access_key_file\" is configured, "))
    #expect(message.contains("CRM_REPLICA_ACCESS_KEY is not set"))
  }
}
