internal import CReference
internal import Glibc
internal import HTTP
internal import Model

/// Debian's nginx-light with its echo module, serving page folders on a free port of the loopback
/// interface. It is fast enough to be no part of what is measured.
final class Server {
  let port: UInt16
  private let process: pid_t
  private let log: CInt

  /// `delay` is in seconds, for each response.
  init(_ folders: [PageFolder], scratch: String, delay: Double = 0) throws {
    guard Files.exists("/usr/sbin/nginx") else {
      throw Complaint("nginx is not installed; apt-get install nginx-light libnginx-mod-http-echo")
    }
    port = try Self.freePort()
    let path = "\(scratch)/nginx-\(port)"
    try Files.makeFolder(path)
    let text = Self.configuration(folders, path: path, port: port, delay: delay)
    try Files.write(Array(text.utf8), to: "\(path)/nginx.conf")
    log = reference_memory_file()
    process = try Child(["/usr/sbin/nginx", "-c", "\(path)/nginx.conf"]).spawn(output: log)
    for _ in 0..<500 {
      if Self.answers(port) { return }
      usleep(10_000)
    }
    stop()
    throw Complaint("nginx does not start: \((try? Files.text("\(path)/error.log")) ?? "")")
  }

  var base: String { "http://127.0.0.1:\(port)/api/v2" }

  /// Where page `%d` is, with what the engine asks for besides.
  func pages(_ resource: Resource) -> String {
    "\(base)/\(resource.path)?page=%d&perPage=100"
  }

  func stop() {
    kill(process, SIGTERM)
    var status: CInt = 0
    waitpid(process, &status, 0)
    close(log)
  }

  private static func configuration(
    _ folders: [PageFolder], path: String, port: UInt16, delay: Double
  ) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
      "\($0)_temp_path \(path)/\($0);"
    }.joined(separator: " ")
    var maps = ""
    var locations = ""
    for folder in folders {
      let name = folder.resource.rawValue
      maps += "map $arg_page $more_\(name) { default true; \(folder.pages) false; }\n"
      let headers = """
        add_header X-Pagination-Has-More $more_\(name);
        add_header X-RateLimit-Limit 1000000; add_header X-RateLimit-Remaining 999999;
        add_header X-RateLimit-Reset \(time(nil) + 3_000);
        """
      let place = "/api/v2/\(folder.resource.path)"
      if delay > 0 {
        locations += """
          location = \(place) { echo_sleep \(delay); echo_exec /\(name)/$arg_page.json $args; }
          location /\(name)/ { gzip_static on; \(headers) alias \(folder.path)/; }

          """
      } else {
        locations += """
          location = \(place) {
            gzip_static on; \(headers) rewrite ^ /$arg_page.json break; root \(folder.path);
          }

          """
      }
    }
    return """
      \(delay > 0 ? "load_module modules/ngx_http_echo_module.so;" : "")
      worker_processes 1; daemon off; master_process off;
      pid \(path)/pid; error_log \(path)/error.log;
      events { worker_connections 256; }
      http {
        access_log off; keepalive_requests 1000000; default_type application/json; sendfile on;
        \(temporary)
        \(maps)
        server { listen 127.0.0.1:\(port); \(locations) }
      }

      """
  }

  // MARK: Sockets

  /// A port that nobody listens on at the moment.
  static func freePort() throws -> UInt16 {
    let listener = try listener()
    defer { listener.close() }
    return listener.port
  }

  /// A listening socket of our own.
  static func listener() throws -> LoopbackListener {
    guard let listener = LoopbackListener(port: 0, backlog: 8) else {
      throw Complaint("no port to listen on")
    }
    return listener
  }

  private static func answers(_ port: UInt16) -> Bool {
    let end = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(end) }
    return withLoopbackAddress(port) { connect(end, $0, $1) } == 0
  }
}
