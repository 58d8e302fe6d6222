import CCurl
import Testing

@testable import HTTP

struct CurlErrorsTests {
  @Test(
    arguments: [
      (CURLE_COULDNT_RESOLVE_HOST, .unresolved), (CURLE_COULDNT_RESOLVE_PROXY, .unresolved),
      (CURLE_COULDNT_CONNECT, .refused), (CURLE_OPERATION_TIMEDOUT, .timedOut),
      (CURLE_SSL_CONNECT_ERROR, .tls), (CURLE_PEER_FAILED_VERIFICATION, .certificate),
      (CURLE_SSL_CACERT_BADFILE, .certificate), (CURLE_PARTIAL_FILE, .cut),
      (CURLE_GOT_NOTHING, .cut),
      (CURLE_RECV_ERROR, .cut), (CURLE_SEND_ERROR, .cut), (CURLE_BAD_CONTENT_ENCODING, .cut),
      (CURLE_HTTP2, .cut), (CURLE_HTTP2_STREAM, .cut), (CURLE_FILESIZE_EXCEEDED, .tooLarge),
      (CURLE_OUT_OF_MEMORY, .other), (CURLE_URL_MALFORMAT, .other),
      (CURLE_UNSUPPORTED_PROTOCOL, .other), (CURLcode(rawValue: 9_999), .other),
    ] as [(CURLcode, HTTPError.Kind)])
  func `an error of libcurl has its kind`(_ code: CURLcode, _ kind: HTTPError.Kind) {
    #expect(HTTPError.Kind(code) == kind)
  }

  @Test func `detail holds words and number`() {
    #expect(CurlFailure(code: CURLE_OPERATION_TIMEDOUT).detail == "Timeout was reached (28)")
  }

  @Test(
    arguments: [
      (.zero, 0), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1_001), 2),
      (.seconds(-1), 0), (.milliseconds(-1), 0), (.seconds(86_400), 86_400_000),
      (.seconds(Int64.max), CInt.max),
    ] as [(Duration, CInt)])
  func `a wait is spelt in whole milliseconds`(_ duration: Duration, _ milliseconds: CInt) {
    #expect(duration.pollMilliseconds == milliseconds)
  }
}
