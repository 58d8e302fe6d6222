// A build for installation has no `Testing`, and builds this target all the same.
#if canImport(Testing)
  internal import Dispatch
  internal import Synchronization
  package import Testing

  /// Tests that run on threads of their own. The threads of the pool, one a core, are left to the
  /// others: what computes all along would keep them, and so would what waits for a program.
  package struct OwnThreads: TestTrait, SuiteTrait, TestScoping {
    fileprivate let threads: Threads

    package var isRecursive: Bool { true }

    package func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
      try await withTaskExecutorPreference(threads, operation: function)
    }
  }

  extension Trait where Self == OwnThreads {
    /// For tests that compute all along.
    package static var onComputingThreads: Self { OwnThreads(threads: .computing) }
    /// For tests that wait for programs, which mostly wait themselves: for the replies of a source
    /// in trouble, pauses and locks.
    package static var onWaitingThreads: Self { OwnThreads(threads: .waiting) }
  }

  /// So many threads that take their work from one queue.
  private final class Threads: TaskExecutor {
    static let computing = Threads(2)
    static let waiting = Threads(8)

    private struct State {
      var jobs: [UnownedJob] = []
      var idle: [DispatchQueue]
    }

    private let state: Mutex<State>

    init(_ count: Int) {
      state = Mutex(State(idle: (0..<count).map { DispatchQueue(label: "own thread \($0)") }))
    }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      let queue = state.withLock { state in
        state.jobs.append(job)
        return state.idle.popLast()
      }
      guard let queue else { return }
      queue.async {
        while let job = self.next(after: queue) {
          job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
      }
    }

    /// What a thread does next: the oldest job, or nothing until it is woken.
    private func next(after queue: DispatchQueue) -> UnownedJob? {
      state.withLock { state in
        guard !state.jobs.isEmpty else {
          state.idle.append(queue)
          return nil
        }
        return state.jobs.removeFirst()
      }
    }
  }
#endif
