import Capsule
import CapsuleSimulator
import Model
import Replication
import Simulation

/// Runs of small accounts that are cut off, over lists of pages of five.
enum CutOff {
  private final class Holder { weak var value: SimulatedTransport<Account>? }

  static func account(_ rows: Int, _ change: (inout Switches) -> Void = { _ in }) -> Account {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.cases, size.tracks) = (rows, 1, 1, 0)
    var switches = Switches()
    switches.order = .idAscending
    change(&switches)
    return Account(seed: 5, size: size, now: 1_760_000_000, switches: switches)
  }

  static func replica(_ account: Account) throws -> Replica {
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    replica.options.concurrency = 1
    return replica
  }

  /// Runs once with the first row deleted before a request, cut off when another one has been
  /// answered. Requests are counted behind those that ask whose account it is.
  static func run(
    _ replica: Replica, full: Bool = false, deletingBefore deletion: Int? = nil, cutBefore cut: Int
  ) throws {
    let account = replica.account
    let base = try account.requestCount + replica.questions
    let transport = Holder()
    replica.prepare = { transport.value = $0 }
    account.beforeRequest = { account, number in
      if number - base == deletion, let id = account.visibleIDs(.parties).min() {
        account.now += 1
        _ = account.delete(.parties, id)
      }
      if number == base + cut { transport.value?.interruptAfter = 0 }
    }
    defer { (account.beforeRequest, replica.prepare) = (nil, { _ in }) }
    try replica.sync(full: full)
    account.now += 600
  }
}
