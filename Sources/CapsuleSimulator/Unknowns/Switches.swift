import Simulation

/// What nobody outside knows about the API, as values to choose from.
///
/// The defaults follow the best evidence; tests draw all the others. A copy is meant to survive:
///
/// - Unknowns: any order of a listing, also another for each request; pages with fewer rows than
///   asked for, with or without headers that announce the next; `since` with or without its own
///   second, or ignored for tasks; a feed of activities with all of them, some, or none; a deleted
///   feed paged or whole, in either order, that keeps or drops a restored record; several tasks by
///   id or none; every form of a null, a number, a choice, a date; new keys, keys in any order,
///   values of another type, U+0000, ids beyond what a Double holds.
/// - Changes: edits between any two requests (`Churn`), so that rows move across the border of a
///   page, appear and vanish; several in one second; changes that leave `updatedAt` alone; records
///   deleted, restored, restricted, shared again, with their old time.
/// - Faults: those of `FaultScript`, and a spent allowance (`RateLimit`).
/// - Hostile reads, of `hostile` alone: records that vanish without a word and return as they were;
///   changes read seconds late, as from a lagging replica; `updatedAt` up to a day ahead; list
///   pages up to a minute old, so that an old payload follows a newer one; a feed that forgets.
///
/// `since` and the feeds cannot find all of the last kind: a full reading has to.
package struct Switches: Sendable, Hashable {
  /// Order of a listing whose order is not documented.
  package enum Order: Sendable, Hashable, CaseIterable {
    case name, idAscending, idDescending, updatedAscending, updatedDescending
    /// Another order for each request.
    case shuffled
  }

  /// Which headers announce a further page.
  package enum PagingHeaders: Sendable, Hashable, CaseIterable {
    case both, linkOnly, hasMoreOnly, neither
  }

  /// What happens to a `perPage` outside of the allowed range.
  package enum PageRange: Sendable, Hashable, CaseIterable {
    case refused, clamped
  }

  /// Key by which an archived pipeline is told.
  package enum ArchivedKey: Sendable, Hashable, CaseIterable {
    case deleted, isDeleted
  }

  /// Form of `orderBy` and of `is greater than` on `id` in filters.
  package enum Filters: Sendable, Hashable, CaseIterable {
    case full, orderIgnored, comparisonRefused
  }

  /// Order of the deleted feeds by `deletedAt`.
  package enum FeedOrder: Sendable, Hashable, CaseIterable {
    case ascending, descending
  }

  /// Form of the `Date` header: those of RFC 9110, with `UTC`, and with another one behind it.
  package enum DateForm: Sendable, Hashable, CaseIterable {
    case fixdate, rfc850, asctime, utc, twice
  }

  /// Form of a `Link` address: whole, or relative from its origin, its folder or its page.
  package enum LinkForm: Sendable, Hashable, CaseIterable {
    case whole, path, name, query
  }

  /// What JSON does not allow in a record, spelt all the same.
  package enum Spoilt: String, Sendable, Hashable, CaseIterable {
    case control = "\"a\u{1}b\""
    case surrogate = "\"a\u{2}b\""
    case notANumber = "NaN"
    case infinite = "-Infinity"
    case deep = "[]"
  }

  /// What `/activities` tells: everything since an instant, everything whatever is asked, of new
  /// entries alone, with other ids than those of entries; or it is not there.
  package enum Activities: Sendable, Hashable, CaseIterable {
    case since, all, creations, foreign, missing
  }

  /// Order of all listings but entries.
  package var order = Order.name
  /// A record changed in the very second of `since` is listed.
  package var sinceIsInclusive = true
  /// Headers of paged lists.
  package var pagingHeaders = PagingHeaders.both
  /// `X-RateLimit-...` on every 2xx and 429.
  package var sendsRateHeaders = true
  /// `Retry-After` on a 429.
  package var sendsRetryAfter = false
  /// The `Date` header, from the account's clock.
  package var sendsDate = true
  /// `embed=meta` adds the total count.
  package var supportsMeta = true
  /// The deleted feeds obey `page` and `perPage`.
  package var pagesDeletedFeed = false
  /// A restored record stays in the deleted feed, and so does one that is shared again.
  package var feedKeepsRestored = false
  /// `embed=organisation` and `embed=party` give the full model.
  package var expandsEmbeds = false
  /// Keys without a value are left out.
  package var dropsNulls = false
  /// Values of number fields are strings.
  package var numbersAsStrings = true
  /// Values of multi-select fields are arrays instead of joined strings.
  package var choicesAsArray = false
  /// `closedOn` has a time of day.
  package var closedOnIsInstant = false
  /// Spelling of the archived flag of pipelines.
  package var archivedKey = ArchivedKey.deleted
  /// Whether a bad `perPage` is an error.
  package var pageRange = PageRange.refused
  /// Largest `perPage` of `/{entity}/{id}/entries`.
  package var entriesPerPage = 50
  /// References to restricted records show `Private`.
  package var hidesRestrictedNames = true
  /// Changes that most likely leave `updatedAt` alone move it: nested names, additional parties,
  /// `lastContactedAt`, an organisation that goes.
  package var silentChangesMove = false
  /// Adding or removing a tag moves `updatedAt` of the record.
  package var tagsMove = true
  /// A restored record gets a new `updatedAt`.
  package var restoreMoves = false
  /// `/milestones/all` exists.
  package var hasAllMilestones = true
  /// `/tasks` selects by `since`.
  package var tasksHonourSince = true
  /// That answer lacks one in four of the tasks that it should have.
  package var tasksLoseChanges = false
  /// The feed of what has happened, which nobody documents.
  package var activities = Activities.since
  /// `/users` lists removed users, marked as deleted.
  package var listsRemovedUsers = true
  /// What filter queries can do.
  package var filters = Filters.full
  /// Objects carry keys that no documentation knows.
  package var addsUnknownKeys = false
  /// The order of keys differs from record to record.
  package var variesKeyOrder = false
  /// One value of some records has another type than it should.
  package var mistypesValues = false
  /// Some long texts hold U+0000.
  package var addsNulCharacters = false
  /// Some new records get an id that no Double can hold.
  package var usesLargeIDs = false
  /// Most rows of a page, whatever is asked for and allowed: 100, or fewer without a word.
  package var largestPage = 100
  /// How the deleted feeds are ordered.
  package var feedOrder = FeedOrder.ascending
  /// `/tasks/{id1,id2,...}` exists.
  package var showsSeveralTasks = true

  /// Random edits make records vanish without a word in any feed, and return.
  package var vanishesSilently = false
  /// Seconds from a change that moves `updatedAt` until it is read. A removal is seen at once.
  package var visibilityDelay: Int64 = 0
  /// Some edits stamp their record up to a day ahead of the server's clock.
  package var futureUpdates = false
  /// How many of a hundred list pages show the records as they were up to a minute ago.
  package var staleAnswers = 0
  /// Seconds for which the feed tells of deletions and restrictions; nil for ever.
  package var feedRetention: Int64?

  // MARK: Oddities

  /// Records that the token may not see are taken out of a list after it was cut into pages, which
  /// leaves pages with fewer records, or with none.
  package var cutsBeforeHiding = false
  /// The total count includes them.
  package var countsHidden = false
  /// `/entries` can be counted.
  package var countsEntries = false
  /// By how much every total count is wrong.
  package var miscount = 0
  /// Two servers count differently: every other total count is one more.
  package var countWavers = false
  /// Each page but the first begins with the last record of the page before.
  package var repeatsBorders = false
  /// What is behind the last page of a list.
  package var behindEnd = BehindEnd.nothing
  /// How many seconds `since` may lie back; further back it is refused. Nil for any time.
  package var sinceReach: Int64?
  /// Each page names a next one.
  package var namesNextForEver = false
  /// How `Date` is spelt.
  package var dateForm = DateForm.fixdate
  /// Seconds by which the `Date` of some replies is wrong: of those whose number is a multiple.
  package var dateError: Int64 = 0
  package var dateErrorEvery = 1
  /// How the address of a `Link` is spelt.
  package var linkForm = LinkForm.whole
  /// A `Link` that says nothing of pages, as a network in between adds it.
  package var sendsPreload = false
  /// A byte order mark stands before each good reply.
  package var byteOrderMark = false
  /// Ids are texts of digits.
  package var idsAsTexts = false
  /// What is wrong with the JSON of some records, one in seven.
  package var spoilt: Spoilt?
  /// Lists show records that are restricted, as the deleted feeds do.
  package var listsRestricted = false

  package init() {}

  /// What a server says to a page number that is too high.
  package enum BehindEnd: Sendable, Hashable, CaseIterable {
    case nothing, lastPage, notFound, unprocessable
  }

  /// The defaults with about a third of everything changed.
  package static func random(using generator: inout some RandomNumberGenerator) -> Switches {
    var switches = Switches()
    switches.order = generator.pick(Order.allCases)
    switches.pagingHeaders = generator.pick(PagingHeaders.allCases)
    switches.archivedKey = generator.pick(ArchivedKey.allCases)
    switches.pageRange = generator.pick(PageRange.allCases)
    switches.filters = generator.pick(Filters.allCases)
    switches.entriesPerPage = generator.pick([50, 100])
    for flag in flags where generator.chance(35) {
      switches[keyPath: flag].toggle()
    }
    switches.largestPage = generator.pick([50, 100])
    switches.feedOrder = generator.pick(FeedOrder.allCases)
    return switches
  }

  /// As `random`, and what makes changes hard or impossible to find by `since` and the feeds
  /// alone: records that vanish, late or future updates, stale answers, a feed that forgets.
  package static func hostile(using generator: inout some RandomNumberGenerator) -> Switches {
    var switches = random(using: &generator)
    switches.vanishesSilently = generator.chance(50)
    switches.visibilityDelay = generator.pick([0, 0, 1, 5, 30])
    switches.futureUpdates = generator.chance(35)
    switches.staleAnswers = generator.pick([0, 0, 5, 30])
    switches.feedRetention = generator.pick([nil, nil, 600, daySeconds, 30 * daySeconds])
    return switches
  }

  /// Every switch that is either on or off, for tests that try each alone.
  package static var flags: [WritableKeyPath<Switches, Bool>] {
    [
      \.sinceIsInclusive, \.sendsRateHeaders, \.sendsRetryAfter, \.sendsDate, \.supportsMeta,
      \.pagesDeletedFeed, \.feedKeepsRestored, \.expandsEmbeds, \.dropsNulls, \.numbersAsStrings,
      \.choicesAsArray, \.closedOnIsInstant, \.hidesRestrictedNames, \.silentChangesMove,
      \.tagsMove, \.restoreMoves, \.hasAllMilestones, \.tasksHonourSince, \.listsRemovedUsers,
      \.addsUnknownKeys, \.variesKeyOrder, \.mistypesValues, \.addsNulCharacters, \.usesLargeIDs,
      \.showsSeveralTasks,
    ]
  }
}
