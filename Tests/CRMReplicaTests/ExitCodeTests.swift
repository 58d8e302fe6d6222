import Testing

@testable import CRMReplica

@Suite struct ExitCodeTests {
  @Test func `exit codes are those that scripts rely on`() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 64, 69, 70, 73, 74, 75, 77, 78, 130, 143])
    #expect(ExitCode.usage.rawValue == 64)
    #expect(ExitCode.configuration.rawValue == 78)
  }
}
