internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass stores what belongs to records that came before and has to be asked for apart: lists
/// of theirs, and what no list of theirs tells.
extension Pass {
  func storeParts(_ page: DecodedPage, _ body: [UInt8], _ reply: Reply) throws -> PageFacts {
    let store = store
    let writing = context.writing
    let areAsides = reply.content == .asides
    try PageBytes.hold(page, body) { source in
      for record in page.records {
        if areAsides {
          switch try store.applyAsides(record, source, writing) {
          case .updated: report.counts.updated += 1
          case .quarantined: hasRefusedAside = true
          case .inserted, .unchanged: break
          }
          continue
        }
        let isNew = added.contains(store.key(of: record, source))
        let isChanged = try store.applyLists(record, source, writing, isNew: isNew)
        if isChanged == true { report.counts.updated += 1 }
        // The cursor stays, so that the next run asks for them again.
        if isChanged == nil { refusals.insertKeyless(record.digest) }
      }
    }
    return PageFacts(next: reply.next)
  }
}
