internal import HTTP

/// What an alert leaves by.
enum AlertChannel: Sendable, Hashable {
  case command([String])
  case url(CallAddress)

  /// The key of the configuration.
  var name: String {
    switch self {
    case .command: "command"
    case .url: "url"
    }
  }
}

extension Configuration.Alerts {
  var channels: [AlertChannel] {
    [command.map { .command($0) }, url.map { .url($0) }].compactMap { $0 }
  }
}

/// What sends alerts and pings, or what a test has in its place. Each returns what went wrong, or
/// nil.
struct AlertPost {
  var send: (Alert, AlertChannel) -> String?
  var ping: (CallAddress) -> String?
  /// Whether the process is to end, and nothing more is to be begun.
  var isStopped: () -> Bool = { false }

  /// Sends nothing.
  static var none: AlertPost { AlertPost(send: { _, _ in nil }, ping: { _ in nil }) }

  /// The real one. A stop leaves little time to what is under way.
  static func real(_ stop: StopSignal) -> AlertPost {
    AlertPost(
      send: { alert, channel in
        switch channel {
        case .command(let words):
          AlertProgram(
            words: words, environment: alert.variables, stop: stop.stopDescriptor
          ).run(alert.document.line + "\n")
        case .url(let address):
          call(address, Request(address.target, json: alert.document.line), stop)
        }
      },
      ping: { call($0, Request($0.target), stop) }, isStopped: { stop.isAsked })
  }

  /// The longest that a call may take.
  private static let limit = Duration.seconds(10)

  /// Makes a request. Of the address the origin is told alone, for the rest may be a secret.
  private static func call(
    _ address: CallAddress, _ request: Request, _ stop: StopSignal
  ) -> String? {
    let exchange = SingleExchange(
      base: address.origin, userAgent: Program.userAgent,
      authorities: Configuration.Source.authoritiesOfEnvironment,
      interrupt: stop.stopDescriptor, total: limit)
    switch exchange.send(request) {
    case .success(let response)? where (200..<300).contains(response.status): return nil
    case .success(let response)?: return "\(address.origin) answers \(response.status)"
    case .failure(let error)?: return "no answer from \(address.origin): \(error.detail)"
    case nil: return "no answer from \(address.origin), and this process is to end"
    }
  }
}
