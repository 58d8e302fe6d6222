struct Benchmark {
  init(_ arguments: [String]) throws {}
  func run() throws -> Bool { true }
}
