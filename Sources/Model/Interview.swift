package import HTTP

/// Questions to an account beside those of a round.
///
/// A value without I/O: it says what is to be asked next, and is told what came of it.
package protocol Questions {
  /// What is to be asked now, or nil when there is nothing left.
  var next: Request? { get }

  /// Takes an answer that is no matter of allowance, credential or trouble, and says what it means:
  /// a request is made again behind `retry` alone.
  mutating func take(_ response: Response, to request: Request) -> Verdict

  /// Why nothing can be read, or nil. A refusal is one that the user has to mend.
  var obstacle: (isRefusal: Bool, sentence: String)? { get }
}

/// Questions whose answers tell which tables an account has and who reads it, asked before a round.
package protocol Interview: Questions {
  /// Takes that no answer to a request is to be had.
  mutating func giveUp(_ request: Request, _ failure: TableFailure)
}

/// Questions whose answers are told to people who try whether an account can be read.
package protocol Survey: Questions {
  /// What was found, in the order in which it is told.
  var lines: [SurveyLine] { get }
}

/// A line of what was found of an account.
package struct SurveyLine: Sendable, Hashable {
  package let subject: String
  package let text: String
  /// Whether the account cannot be read well as long as this is so.
  package let isFailure: Bool

  package init(_ subject: String, _ text: String, isFailure: Bool = false) {
    (self.subject, self.text, self.isFailure) = (subject, text, isFailure)
  }
}
