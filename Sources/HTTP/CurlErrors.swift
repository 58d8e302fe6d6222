internal import CCurl

/// A libcurl call that was refused: its code, without a request yet.
struct CurlFailure: Error {
  let code: CURLcode

  /// Throws unless the code is `CURLE_OK`.
  static func check(_ code: CURLcode) throws(CurlFailure) {
    if code != CURLE_OK { throw CurlFailure(code: code) }
  }

  /// libcurl's own words and number: `Timeout was reached (28)`.
  var detail: String { "\(String(cString: curl_easy_strerror(code))) (\(code.rawValue))" }
}

extension HTTPError.Kind {
  /// What a libcurl code means to the engine. Source: libcurl-errors(3).
  init(_ code: CURLcode) {
    self =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolved
      case CURLE_COULDNT_CONNECT: .refused
      case CURLE_OPERATION_TIMEDOUT: .timedOut
      case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE,
        CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
        .certificate
      case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
        CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
        CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
        .tls
      // A write error that is not our own refusal comes from libcurl's inflating: bytes that
      // follow the end of the compressed body.
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
        CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM,
        CURLE_SSL_SHUTDOWN_FAILED:
        .cut
      case CURLE_FILESIZE_EXCEEDED: .tooLarge
      default: .other
      }
  }
}
