// swift-tools-version: 6.2
import PackageDescription

/// One list of strict settings for every Swift target.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// What the program says of the commit that it is built from, for who tells: an ordinary build does
/// not change with every commit.
let commit: [SwiftSetting] =
  Context.environment["CRM_REPLICA_COMMIT"].map {
    [.unsafeFlags(["-Xcc", "-DCRM_COMMIT=\($0)"])]
  } ?? []

/// A library target of this package under the strict settings. Libraries are optimised in debug
/// builds too, for thousands of simulated lives run on them, and each as a whole, which builds
/// faster than file by file. Every check for overflow and bounds stays.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources,
    swiftSettings: strict + [
      .unsafeFlags(
        ["-O", "-whole-module-optimization", "-num-threads", "2"], .when(configuration: .debug))
    ])
}

/// The tests of one target, which may also use what the target itself depends on.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
    swiftSettings: strict)
}

let package = Package(
  name: "crm-replica",
  products: [.executable(name: "crm-replica", targets: ["CRMReplica"])],
  targets: [
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSignal"),
    library("SQLite", ["CSQLite"]),
    library("HTTP", ["CCurl"]),
    // The views of `schema/views`: reports, and what each kind of account has for them.
    library("Model", ["HTTP"], resources: [.embedInCode("Views")]),
    library("ReplicaFile", ["Model", "SQLite"]),
    library("Replication", ["ReplicaFile", "Model", "SQLite", "HTTP"]),
    library("Capsule", ["Model", "HTTP"], resources: [.embedInCode("Views")]),
    library("Vtiger", ["Model", "HTTP"], resources: [.embedInCode("Views")]),
    library("Simulation", ["HTTP"]),
    library("CapsuleSimulator", ["Simulation", "HTTP"]),
    library("VtigerSimulator", ["Simulation", "HTTP"]),
    .executableTarget(
      name: "CRMReplica",
      dependencies: [
        "Capsule", "CapsuleSimulator", "Vtiger", "VtigerSimulator", "Simulation", "Replication",
        "ReplicaFile", "Model", "SQLite", "HTTP", "CSignal",
      ],
      swiftSettings: strict + commit),
    // What several of the test targets use.
    .target(
      name: "TestSupport", dependencies: ["ReplicaFile", "Model", "SQLite", "CSQLite"],
      path: "Tests/Support",
      swiftSettings: strict),
    tests(of: "SQLite"),
    tests(of: "HTTP"),
    tests(of: "Model", ["HTTP"]),
    tests(of: "ReplicaFile", ["TestSupport", "Model", "SQLite"]),
    tests(
      of: "Replication",
      ["TestSupport", "Simulation", "ReplicaFile", "Model", "SQLite", "HTTP"]),
    tests(
      of: "Capsule",
      [
        "CapsuleSimulator", "TestSupport", "Simulation", "Replication", "ReplicaFile", "Model",
        "SQLite", "HTTP",
      ]),
    tests(
      of: "Vtiger",
      [
        "VtigerSimulator", "TestSupport", "Simulation", "Replication", "ReplicaFile", "Model",
        "SQLite", "HTTP",
      ]),
    tests(of: "Simulation", ["HTTP"]),
    tests(of: "CapsuleSimulator", ["Simulation", "HTTP"]),
    tests(of: "VtigerSimulator", ["Simulation", "HTTP"]),
    tests(
      of: "CRMReplica",
      [
        "Capsule", "CapsuleSimulator", "Vtiger", "VtigerSimulator", "TestSupport", "Simulation",
        "Replication", "ReplicaFile", "Model", "SQLite", "HTTP",
      ]),
  ]
)

// The readers of replies under libFuzzer and AddressSanitizer, see `Tests/Fuzz`. They are then
// built with that instrumentation, so it wants a scratch path of its own.
if Context.environment["CRM_REPLICA_FUZZ"] != nil {
  let sanitizers = "-sanitize=fuzzer,address"
  let flags: [SwiftSetting] = [.unsafeFlags([sanitizers, "-parse-as-library", "-O"])]
  for target in package.targets
  where ["Model", "ReplicaFile", "Replication", "Capsule", "Vtiger"].contains(target.name) {
    target.swiftSettings = strict + flags
  }
  package.targets.append(
    .executableTarget(
      name: "DecoderFuzzer",
      dependencies: ["Capsule", "Vtiger", "Replication", "ReplicaFile", "Model", "HTTP"],
      path: "Tests/Fuzz",
      swiftSettings: strict + flags,
      linkerSettings: [.unsafeFlags([sanitizers, "-use-ld=lld"])]))
}

// The benchmarks and their yardstick in C, for those who ask: an ordinary build knows nothing of
// them.
if Context.environment["CRM_REPLICA_BENCHMARKS"] != nil {
  package.targets += [
    .target(
      name: "CReference", dependencies: ["CSQLite", "CCurl"],
      cSettings: [.unsafeFlags(["-O3"])],
      linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("curl")]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CReference", "Capsule", "VtigerSimulator", "Simulation", "Replication", "ReplicaFile",
        "Model", "SQLite", "HTTP",
      ],
      swiftSettings: strict),
  ]
  // The benchmarks measure the decoder alone, which is nobody else's business.
  for target in package.targets where ["ReplicaFile", "Replication"].contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-enable-testing"]))
  }
}
