/// The known name that a mistyped one was probably meant to be, or nil when none is close.
///
/// Case, `_` and `-` do not count, so that `baseURL` finds `base_url`. Close is one slip in three
/// characters, at most three, where a slip is a missing, extra, wrong or exchanged character; a
/// beginning of three characters or more finds its only continuation, and one of five may end in
/// another one, as `party` does for `parties`. The first of equals wins.
func nearestName(to name: String, among known: [String]) -> String? {
  let wanted = plainCharacters(of: name)
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  var best: (name: String, slips: Int)?
  for candidate in known {
    let slips = slipsBetween(wanted, plainCharacters(of: candidate))
    if slips < best?.slips ?? .max { best = (candidate, slips) }
  }
  if let best, best.slips <= min(3, max(1, wanted.count / 3)) { return best.name }
  for beginning in [wanted[...], wanted.dropLast()]
  where beginning.count >= (beginning.count < wanted.count ? 4 : 3) {
    let continuations = known.filter { plainCharacters(of: $0).starts(with: beginning) }
    if continuations.count == 1 { return continuations.first }
  }
  return nil
}

/// The characters that count when names are compared.
private func plainCharacters(of name: String) -> [Character] {
  name.lowercased().filter { $0 != "_" && $0 != "-" }
}

/// The optimal string alignment distance: the edits between two names, an exchange of neighbours
/// counting as one.
private func slipsBetween(_ first: [Character], _ second: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var row = [i + 1]
    for (j, b) in second.enumerated() {
      var slips = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a == second[j - 1], b == first[i - 1] {
        slips = min(slips, beforeLast[j - 1] + 1)
      }
      row.append(slips)
    }
    (beforeLast, last) = (last, row)
  }
  return last[second.count]
}
