internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass stores lists of records that came before, where they have to be asked for apart.
extension Pass {
  func storeLists(_ page: DecodedPage, _ body: [UInt8], _ reply: Reply) throws -> PageFacts {
    let store = store
    let writing = context.writing
    try PageBytes.hold(page, body) { source in
      for record in page.records {
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
