/// What is left of a former run in a pass that goes on behind its pages.
///
/// **They are as old as that run.** Rows that went meanwhile have moved others onto them that were
/// to be read behind them. So the last of those pages is read once more, unless it is young: as
/// long as something stands there that was met, what has slid onto it is all that was missed;
/// otherwise nobody knows how far the list has slid, and it is read anew. What has changed on them
/// is read when the list has ended.
struct FormerRun: Equatable {
  /// Whether its pages are part of what is known, and nothing newer has been read of them.
  private(set) var isOpen: Bool
  /// The page that it has read last, until that has come again.
  private(set) var border: Int?
  /// Whether what it has read is too much to be read again.
  var isAged = false

  /// `border` is the last page it has read, where that is not young.
  init(isOpen: Bool = false, border: Int? = nil) {
    (self.isOpen, self.border) = (isOpen, border)
  }

  /// The border has come again. Returns whether nothing that was met stands there.
  mutating func crossed(_ facts: PageFacts, isEnd: Bool) -> Bool {
    border = nil
    return facts.unmet == facts.records && (facts.records > 0 || isEnd)
  }

  /// The list is read from its beginning: no page is between the two runs.
  mutating func forgetBorder() {
    border = nil
  }

  /// What was read by it is read again, or what has changed on it.
  mutating func close() {
    isOpen = false
  }
}
