// Downloads a file under guard, with a bound and a progress report.

import NIOCore
import NIOHTTP1

/// Fetches a URL into a file. The file appears under its name only when it is complete.
package struct MediaDownload: Sendable {
    package var fetch: GuardedFetch

    /// The time for everything.
    package var time: Duration

    package init(fetch: GuardedFetch = GuardedFetch(), time: Duration = .seconds(600)) {
        self.fetch = fetch
        self.time = time
    }

    package struct Progress: Sendable, Hashable {
        package let received: Int
        /// All bytes, when the server says how many there are.
        package let total: Int?

        package init(received: Int, total: Int?) {
            self.received = received
            self.total = total
        }
    }

    /// Downloads to a path, replacing a file that is there.
    ///
    /// Writes to `<path>.part` beside it first; on any failure that is removed and the file at the
    /// path stays as it was.
    ///
    /// - Parameters:
    ///   - limit: the most bytes to accept.
    ///   - progress: called after each piece that was written, in order.
    /// - Returns: how many bytes the file has.
    @discardableResult
    package func download(
        _ url: String, to path: String, limit: Int,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(MediaError) -> Int {
        let target = try fetch.gate.admit(url)
        let file = try await PartFile(for: path)
        let count: Int
        do throws(MediaError) {
            count = try await withTimeLimit(time) { () async throws(MediaError) in
                try await fetch.get(target, headers: [:]) { (answer) async throws(MediaError) in
                    try await store(answer, in: file, limit: limit, progress)
                }
            }
        } catch {
            await file.abandon()
            throw error
        }
        try await file.finish()
        return count
    }

    private func store(
        _ answer: GuardedFetch.Answer, in file: PartFile, limit: Int,
        _ progress: @Sendable (Progress) -> Void
    ) async throws(MediaError) -> Int {
        guard answer.status == 200 else {
            throw .status(host: answer.host, code: answer.status)
        }
        try answer.requireIdentity()
        if let length = answer.length, length > limit { throw .tooLarge(limit: limit) }
        var received = 0
        try await answer.forEachPiece { (piece) async throws(MediaError) in
            received += piece.readableBytes
            if received > limit { throw .tooLarge(limit: limit) }
            try await file.write(piece)
            progress(Progress(received: received, total: answer.length))
            return false
        }
        return received
    }
}
