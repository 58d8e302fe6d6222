import Model
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

  @Test(arguments: [("token", "a token"), ("access key", "an access key")])
  func `puts an article before a noun`(noun: String, text: String) {
    #expect(noun.withArticle == text)
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
}
