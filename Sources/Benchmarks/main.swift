internal import Glibc

/// `benchmarks [measure...] [options]`, and `benchmarks child ...` for its own use.
do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  if arguments.first == "child" {
    try ChildWork.run(Array(arguments.dropFirst()))
  } else {
    var benchmark = try Benchmark(arguments)
    exit(try benchmark.run() ? 0 : 1)
  }
} catch {
  let text = Array("benchmarks: \(error)\n".utf8)
  _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  exit(70)
}
