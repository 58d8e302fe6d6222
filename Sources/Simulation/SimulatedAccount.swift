/// An account of a simulated CRM, as `LoopbackServer` and `SimulatedTransport` use it.
///
/// It sees a request whole (method, path, headers, body) and decides alone who is let in, how often
/// and to what. It keeps its own time, which moves only when its owner moves it: so the same
/// requests always get the same replies.
package protocol SimulatedAccount: AnyObject, SendableMetatype {
  /// The path below which the API lies, without a slash at its end: `/api/v2`.
  static var basePath: String { get }

  /// The server's clock in seconds since 1970.
  var now: Int64 { get set }
  /// The address of the API, with which addresses in replies begin.
  var baseURL: String { get set }
  /// The `Authorization` header that lets a client in; nil where something else does.
  var authorization: String? { get }

  /// Answers one request: the reply, with what the connection is to do to it.
  func respond(to request: WireRequest) -> WireReply
}
