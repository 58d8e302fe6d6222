import Testing

@testable import CRMReplica

@Suite struct SpokenTests {
  @Test(
    arguments: [
      (Duration.zero, "0 s"), (.milliseconds(99), "0 s"), (.milliseconds(450), "0.4 s"),
      (.milliseconds(999), "0.9 s"), (.seconds(1), "1 s"), (.milliseconds(12_900), "12 s"),
      (.seconds(60), "1 min"), (.seconds(185), "3 min 5 s"), (.seconds(3_600), "1 h"),
      (.seconds(3_659), "1 h"), (.seconds(4_800), "1 h 20 min"), (.seconds(86_399), "23 h 59 min"),
      (.seconds(86_400), "1 d"), (.seconds(187_200), "2 d 4 h"), (.seconds(864_000_000), "10000 d"),
      (.seconds(-90), "-1 min 30 s"),
    ] as [(Duration, String)])
  func `says a duration`(duration: Duration, text: String) {
    #expect(duration.spoken == text)
  }

  @Test(
    arguments: [
      (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"),
      (1_234_567, "1,234,567"), (-100, "-100"), (-1_000, "-1,000"),
      (.min, "-9,223,372,036,854,775,808"),
    ] as [(Int64, String)])
  func `groups a number`(number: Int64, text: String) {
    #expect(number.grouped == text)
  }

  @Test(
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (9_999, "9.9 kB"),
      (10_000, "10 kB"), (999_999, "999 kB"), (1_440_000, "1.4 MB"), (145_600_000, "145 MB"),
      (23_000_000_000, "23 GB"), (4_200_000_000_000, "4,200 GB"),
    ] as [(Int64, String)])
  func `says a number of bytes`(count: Int64, text: String) {
    #expect(spokenBytes(count) == text)
  }
}
