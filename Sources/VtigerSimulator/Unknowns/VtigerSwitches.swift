/// What differs between releases, users and installations, as values to choose from.
///
/// The defaults are those of a public 8.3.0 asked by an administrator. Each names the fact that it
/// stands for. What nobody outside knows about Cloud is chosen here, too.
package struct VtigerSwitches: Sendable, Hashable {
  /// The release.
  package enum Release: String, Sendable, Hashable, CaseIterable {
    /// 8.0.0: every value a string, `COUNT(*)` answers, JSON by PHP's `json_encode` (measured).
    case v8_0 = "8.0.0"
    /// 8.3.0: JSON nulls, no counts, an encoder of its own (measured).
    case v8_3 = "8.3.0"
    /// Hosted: the REST form, `sync`, flood control (documented); values as 8.4.0 (its layer
    /// measured, the rest inferred).
    case cloud = "8.4.0"
  }

  /// What the user may see.
  package enum Access: Sendable, Hashable, CaseIterable {
    case administrator
    /// No administrator, with the right to view all: everything but `Users` (measured).
    case viewAll
    /// Neither: sharing rules hide records. 8.3.0 shows such a user no CRM module at all, by a
    /// misplaced parenthesis (measured).
    case restricted
  }

  /// What an empty value looks like in `query` and `sync`.
  package enum Empty: Sendable, Hashable, CaseIterable {
    /// `""` (measured on 8.0.0).
    case text
    /// JSON null for SQL NULL (measured on 8.3.0 and 8.4.0's layer).
    case null
  }

  /// What `sync` answers.
  package enum SyncForm: Sendable, Hashable, CaseIterable {
    /// HTTP 500 with an empty body (measured on 8.0.0, 8.3.0 and 8.4.0's layer).
    case dead
    /// Changed records whole (measured through `syncx`).
    case records
    /// Changed records as ids, as one client of Cloud reads them (second hand).
    case ids
  }

  package var release = Release.v8_3
  package var access = Access.administrator
  /// The permission file of 8.3.0 mended as in 8.4.0 (measured).
  package var isPermissionMended = false
  /// Modules whose records only their owner, and the owner's groups, see when access is
  /// restricted. Of Calendar and Events the rest is taken out behind LIMIT (measured on 8.3.0).
  package var privateModules: Set<String> = ["Potentials", "Calendar", "Events"]
  /// Modules without any right when access is restricted: absent, `ACCESS_DENIED` (measured).
  package var hiddenModules: Set<String> = []
  /// Fields as `Module.field` that are hidden when access is restricted: absent, and named
  /// `ACCESS_DENIED` (measured on 8.3.0).
  package var hiddenFields: Set<String> = []
  /// Whether `COUNT(*)` of a CRM module answers; else `[]` (8.0.0 and 8.3.0 measured).
  package var countsRows = false
  /// Whether `COUNT(*)` of `LineItem` answers (8.0.0 and 8.3.0 measured, Cloud not known).
  package var countsLines = true
  /// What SQL NULL is spelt as.
  package var empty = Empty.null
  /// Whether control characters come out raw, which is no JSON (measured on 8.3.0, not on 8.0.0).
  package var writesRawControls = true
  /// Seconds from UTC to the zone of the server's stamps. Whoever changes it leaves the old stamps
  /// as they are, and new ones follow the new zone (measured).
  package var zoneOffset: Int64 = 0
  /// What `sync` answers.
  package var sync = SyncForm.dead
  /// Whether `me` says who asks; else `ACCESS_DENIED` (not known of every Cloud).
  package var tellsUser = true
  /// Whether `sync` knows the word by which an administrator is told of all records; else it tells
  /// of the user's own, as of any unknown word (that measured, what Cloud knows not).
  package var knowsApplication = true
  /// Whether `logout` ends the session; else HTTP 500 and it lives on (8.3.0 measured).
  package var logsOut = false
  /// Whether PHP displays errors: a crash is then 200 with an empty body, else 500 (measured).
  package var displaysErrors = false
  /// Whether `SELECT *` of users gives an administrator their secrets (8.0.0 measured).
  package var revealsSecrets = false
  /// Whether text compares without regard to case, as the usual collation does (measured).
  package var ignoresCase = true
  /// Whether rows without ORDER BY come in another order each time. They come in the database's,
  /// which promises nothing; measured was one that no field explains.
  package var shufflesUnordered = false
  /// Whether references to an inactive user are null in the first row of a page and given in the
  /// later ones (measured); else always given.
  package var referencesFlap = true
  /// `X-FloodControl-…` and `X-RateLimit-…` on every answer (documented for Cloud).
  package var sendsFloodControl = false
  /// Those on a 429, too; not known.
  package var sendsFloodControlOn429 = false
  /// `Retry-After` on a 429; not known.
  package var sendsRetryAfter = false
  /// Whether `LineItem` can be asked for in bulk (measured on 8.0.0 and 8.3.0; else denied, as a
  /// Cloud may do).
  package var listsLineItems = true
  /// The most rows of a page: 100 (measured), 1000 in a fork (second hand).
  package var largestPage = 100

  /// As a release has them.
  package init(_ release: Release = .v8_3, access: Access = .administrator) {
    self.release = release
    self.access = access
    switch release {
    case .v8_0:
      countsRows = true
      empty = .text
      writesRawControls = false
      revealsSecrets = true
    case .v8_3: break
    case .cloud:
      sync = .records
      logsOut = true
      sendsFloodControl = true
      privateModules = ["Potentials", "Calendar", "Events"]
    }
  }

  /// Whether this user sees no CRM module at all.
  var showsActorsOnly: Bool {
    release == .v8_3 && access == .restricted && !isPermissionMended
  }
}
