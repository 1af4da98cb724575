// One reading of a lane's ledger partition, from its beginning to the high watermark.

import JobEngine
import Kafka

/// Gathers records until everything below the high watermark has been seen.
final class Restoration {
    let lane: LaneID
    /// Read-uncommitted: records of transactions that are still pending lie below it, and are waited for.
    let highWatermark: Int64
    private(set) var log = LaneLog()
    private(set) var position: Int64 = 0
    private var waiter: CheckedContinuation<Void, Never>?
    private(set) var isCancelled = false

    init(lane: LaneID, highWatermark: Int64) {
        self.lane = lane
        self.highWatermark = highWatermark
    }

    var isComplete: Bool { position >= highWatermark }

    func take(_ records: [Record], next: Int64) {
        // What lies beyond the high watermark can only be late notes, and those are wanted too.
        for record in records { log.take(record) }
        advance(to: next)
    }

    func advance(to next: Int64) {
        position = max(position, next)
        if isComplete { wake() }
    }

    func cancel() {
        isCancelled = true
        wake()
    }

    func wake() {
        waiter?.resume()
        waiter = nil
    }

    func wait(_ continuation: CheckedContinuation<Void, Never>) {
        if isComplete || isCancelled {
            continuation.resume()
        } else {
            waiter = continuation
        }
    }
}
