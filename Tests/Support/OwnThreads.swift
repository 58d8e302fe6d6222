// A build for installation has no `Testing`, and builds this target all the same.
#if canImport(Testing)
  internal import Dispatch
  internal import Synchronization
  package import Testing

  /// Tests that compute all along run on two threads of their own. The threads of the pool, one a
  /// core, are left to those that wait: for processes, pauses and locks.
  package struct OwnThreads: TestTrait, SuiteTrait, TestScoping {
    private static let executor = Executor()

    package var isRecursive: Bool { true }

    package func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
      try await withTaskExecutorPreference(Self.executor, operation: function)
    }

    private final class Executor: TaskExecutor {
      private let queues = (0..<2).map { DispatchQueue(label: "own thread \($0)") }
      private let jobs = Atomic(0)

      func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let number = jobs.wrappingAdd(1, ordering: .relaxed).oldValue
        queues[number % queues.count].async {
          job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
      }
    }
  }

  extension Trait where Self == OwnThreads {
    package static var onOwnThreads: Self { OwnThreads() }
  }
#endif
