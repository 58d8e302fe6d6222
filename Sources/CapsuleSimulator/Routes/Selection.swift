import Simulation

/// The parameters of a listing: which rows, which page, which embeds.
extension Query {
  var embeds: Embeds { Embeds(parsing: self["embed"] ?? "") }

  /// What a computed listing is kept under: the path and all that selects rows.
  var selection: String {
    path
      + parameters.filter { !["page", "perPage", "embed"].contains($0.name) }
      .reduce("") { "\($0)&\($1.name)=\($1.value)" }
  }

  /// The same target on another page: `page` first, commas unescaped, everything else as sent.
  func link(page: Int) -> String {
    parameters.filter { $0.name != "page" }.reduce("\(path)?page=\(page)") { link, parameter in
      let value = parameter.value.split(separator: "%2C", omittingEmptySubsequences: false)
      return "\(link)&\(parameter.name)=\(value.joined(separator: ","))"
    }
  }
}
