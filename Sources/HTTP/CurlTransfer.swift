internal import CCurl

/// One easy handle, used for one request after another, and what the present one has received.
final class CurlTransfer {
  let handle: UnsafeMutableRawPointer

  /// Nil where a request goes alone.
  private let gate: CurlGate?
  /// The gate's count of refusals when the transfer was begun.
  private var refusals = 0
  /// Whether the gate let nothing out.
  private var isWithheld = false
  /// Whether the response asks to wait, which counts as soon as it says so.
  private var isRefusal = false
  private let base: BaseURL
  private let limits: CurlTransport.Limits
  /// The request header lines that the handle uses, what in them lets requests in, and whether they
  /// say that the body is JSON.
  private var headers: (lines: HeaderLines, authorisation: Authorisation, isJSON: Bool)?
  private let errorText: UnsafeMutablePointer<CChar>
  private var pending = Exchanges.Pending(id: 0, request: Request(""))
  private var head: ResponseHead
  private var body: [UInt8] = []
  /// Length of the body before, a guess at the next one's where the server announces none.
  private var previousLength = 0
  /// Why we ended the transfer ourselves.
  private var refusal: String?

  /// Makes a handle with everything set but the address.
  init(
    _ configuration: CurlTransport.Configuration, _ gate: CurlGate? = nil
  ) throws(CurlFailure) {
    guard let handle = curl_easy_init() else { throw CurlFailure(code: CURLE_OUT_OF_MEMORY) }
    self.handle = handle
    self.gate = gate
    base = configuration.base
    limits = configuration.limits
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    head = ResponseHead(limit: configuration.limits.headers)
    try setUpRequest(configuration)
    try setUpConnection(configuration)
    try setUpReceiving()
  }

  deinit {
    curl_easy_cleanup(handle)
    errorText.deallocate()
  }

  /// Readies the handle for a request.
  func begin(_ pending: Exchanges.Pending) throws(CurlFailure) {
    self.pending = pending
    head = ResponseHead(limit: limits.headers)
    body = []
    refusal = nil
    (refusals, isWithheld, isRefusal) = (gate?.refusals ?? 0, false, false)
    errorText.pointee = 0
    let isJSON = pending.request.json != nil
    if headers?.authorisation != pending.authorisation || headers?.isJSON != isJSON {
      try setHeaders(pending.authorisation, isJSON)
    }
    if let body = pending.request.form ?? pending.request.json {
      // libcurl copies the body, and makes a POST of the request (CURLOPT_COPYPOSTFIELDS(3)).
      try set(CURLOPT_COPYPOSTFIELDS, body)
    } else {
      try set(CURLOPT_HTTPGET, 1)
    }
    try set(CURLOPT_URL, base.address(of: pending.request.target))
  }

  /// Sets the header lines of the requests that follow.
  private func setHeaders(_ authorisation: Authorisation, _ isJSON: Bool) throws(CurlFailure) {
    let lines = HeaderLines()
    if let value = authorisation.header { try lines.append("Authorization: \(value)") }
    try lines.append("Accept: application/json")
    if isJSON { try lines.append("Content-Type: application/json") }
    try CurlFailure.check(crm_curl_set_list(handle, CURLOPT_HTTPHEADER, lines.first))
    // The handle has let go of the former ones only now.
    headers = (lines, authorisation, isJSON)
  }

  /// The exchange of a transfer that has ended; the body is handed over, not copied.
  func end(_ code: CURLcode) -> Exchange {
    previousLength = body.count
    var received: [UInt8] = []
    swap(&received, &body)
    if let error = error(code), !isRefusal {
      return Exchange(id: pending.id, result: .failure(error))
    }
    if code != CURLE_OK { received = [] }
    received.append(contentsOf: repeatElement(0, count: Response.padding))
    let response = Response(status: head.status, headers: head.headers, padded: received)
    return Exchange(id: pending.id, result: .success(response))
  }

  /// The request, if it did not leave because of a refusal.
  var withheld: Exchanges.Pending? { isWithheld ? pending : nil }

  /// What was wrong with the transfer; nil when nothing was.
  private func error(_ code: CURLcode) -> HTTPError? {
    if let refusal { return HTTPError(.tooLarge, doing: pending.doing, detail: refusal) }
    if code == CURLE_OK {
      // libcurl lets an end of the connection within the headers pass for the end of the body.
      return head.isComplete
        ? nil : HTTPError(.cut, doing: pending.doing, detail: "the headers have no end")
    }
    let text = String(cString: errorText)
    let detail = text.isEmpty ? CurlFailure(code: code).detail : "\(text) (\(code.rawValue))"
    return HTTPError(.init(code), doing: pending.doing, detail: detail)
  }

  // MARK: Called from libcurl's callbacks

  /// Whether the request may leave now. False ends the transfer.
  private func mayLeave() -> Bool {
    isWithheld = gate.map { $0.refusals != refusals } ?? false
    return !isWithheld
  }

  /// Takes a header line. False ends the transfer.
  private func receive(headerLine: UnsafeRawBufferPointer) -> Bool {
    guard head.append(headerLine) else {
      refusal = "the headers are longer than \(limits.headers) bytes"
      return false
    }
    if !isRefusal, Response.asksToWait(head.status, head.headers) {
      isRefusal = true
      gate?.refused()
    }
    if head.isComplete, body.isEmpty {
      let length = head.announcedLength ?? previousLength + previousLength / 8
      body.reserveCapacity(min(length, limits.body) + Response.padding)
    }
    return true
  }

  /// Appends a piece of the body. False ends the transfer.
  private func receive(piece: UnsafeRawBufferPointer) -> Bool {
    guard piece.count <= limits.body - body.count else {
      refusal = "the body is longer than \(limits.body) bytes"
      return false
    }
    body.append(contentsOf: piece)
    return true
  }

  // MARK: Options

  private func setUpRequest(_ configuration: CurlTransport.Configuration) throws(CurlFailure) {
    try set(CURLOPT_USERAGENT, configuration.userAgent)
    try set(CURLOPT_ACCEPT_ENCODING, "gzip")
    // The target goes out as the engine wrote it.
    try set(CURLOPT_PATH_AS_IS, 1)
    try set(CURLOPT_FOLLOWLOCATION, 0)
  }

  private func setUpConnection(_ configuration: CurlTransport.Configuration) throws(CurlFailure) {
    let base = configuration.base
    try set(CURLOPT_PROTOCOLS_STR, base.scheme.rawValue)
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    // Those of the system stay trusted, as the folder that libcurl was built with has them too
    // (CURLOPT_CAINFO(3), CURLOPT_CAPATH(3)).
    if let file = configuration.authorities { try set(CURLOPT_CAINFO, file) }
    // HTTP/2 over TLS, several requests a connection, is libcurl's own preference. CURLOPT_PIPEWAIT
    // stays off: requests that wait for one connection would also wait out its timeout in turn.
    // Of a proxy that the environment names, the token and this program's headers learn nothing:
    // it sees CONNECT alone. Loopback needs none: an empty name overrules the environment.
    try set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    if base.isLoopback { try set(CURLOPT_PROXY, "") }
    try set(CURLOPT_NOSIGNAL, 1)
    // A transfer that ends does not wait for its name's resolution: the resolving thread cleans up
    // after itself (CURLOPT_QUICK_EXIT(3)).
    try set(CURLOPT_QUICK_EXIT, 1)
    let limits = configuration.limits
    try set(CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connecting.pollMilliseconds))
    try set(CURLOPT_TIMEOUT_MS, Int(limits.total.pollMilliseconds))
    try set(CURLOPT_LOW_SPEED_LIMIT, 1)
    try set(CURLOPT_LOW_SPEED_TIME, Int(limits.stalling.components.seconds))
  }

  private func setUpReceiving() throws(CurlFailure) {
    try CurlFailure.check(crm_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
    try CurlFailure.check(
      crm_curl_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(limits.body)))
    let this = Unmanaged.passUnretained(self).toOpaque()
    try CurlFailure.check(crm_curl_set_pointer(handle, CURLOPT_HEADERDATA, this))
    try CurlFailure.check(crm_curl_set_pointer(handle, CURLOPT_WRITEDATA, this))
    // Called on a connection that is ready, each time before a request leaves on it
    // (CURLOPT_PREREQFUNCTION(3)).
    try CurlFailure.check(crm_curl_set_pointer(handle, CURLOPT_PREREQDATA, this))
    try CurlFailure.check(
      crm_curl_set_gate(handle) { this, _, _, _, _ in
        guard let this else { return CURL_PREREQFUNC_ABORT }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(this).takeUnretainedValue()
        return transfer.mayLeave() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
      })
    // A callback that returns another number than it was given ends the transfer
    // (CURLOPT_WRITEFUNCTION(3), CURLOPT_HEADERFUNCTION(3)).
    try CurlFailure.check(
      crm_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, this in
        guard let bytes, let this else { return 0 }
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(this).takeUnretainedValue()
        return transfer.receive(headerLine: line) ? line.count : 0
      })
    try CurlFailure.check(
      crm_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, this in
        guard let bytes, let this else { return 0 }
        let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(this).takeUnretainedValue()
        return transfer.receive(piece: piece) ? piece.count : 0
      })
  }

  private func set(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
    try CurlFailure.check(crm_curl_set_long(handle, option, value))
  }

  private func set(_ option: CURLoption, _ value: String) throws(CurlFailure) {
    try CurlFailure.check(crm_curl_set_string(handle, option, value))
  }
}

/// Request header lines in libcurl's own list; they live as long as this does.
final class HeaderLines {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  deinit {
    curl_slist_free_all(first)
  }

  /// Adds `Name: value`. Throws when memory is short.
  func append(_ line: String) throws(CurlFailure) {
    guard let list = curl_slist_append(first, line) else {
      throw CurlFailure(code: CURLE_OUT_OF_MEMORY)
    }
    first = list
  }
}
