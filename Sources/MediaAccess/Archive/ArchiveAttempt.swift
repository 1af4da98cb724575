// One try to copy one product: fetched under guard, hashed on the way, written piece by piece.

internal import Crypto
import NIOCore
import NIOHTTP1

struct ArchiveAttempt: Sendable {
    let archiver: Archiver
    let link: String
    let label: ArchiveLabel
    let index: Int

    private var settings: Archiver.Settings { archiver.settings }

    func run() async throws(MediaError) -> ArchivedCopy {
        let target = try settings.fetch.gate.admit(link)
        return try await withTimeLimit(settings.timeOfTry) { () async throws(MediaError) in
            try await settings.fetch.get(target, headers: [:]) {
                (answer) async throws(MediaError) in try await copy(answer)
            }
        }
    }

    /// How far a copy has come.
    private struct Progress {
        var sink: ArchiveSink?
        /// Bytes that were read before it was known what they are.
        var beginning = ByteBuffer()
        var received = 0
        var hash = SHA256()
        /// The copy was there already.
        var found: ArchivedCopy?
    }

    private func copy(_ answer: GuardedFetch.Answer) async throws(MediaError) -> ArchivedCopy {
        guard answer.status == 200 else {
            throw .status(host: answer.host, code: answer.status)
        }
        try answer.requireIdentity()
        if let length = answer.length, length > settings.largest {
            throw .tooLarge(limit: settings.largest)
        }
        var progress = Progress()
        do throws(MediaError) {
            try await answer.forEachPiece { (piece) async throws(MediaError) in
                try await take(piece, of: answer, &progress)
                return progress.found != nil
            }
            return try await finish(answer, &progress)
        } catch {
            await progress.sink?.abandon()
            throw error
        }
    }

    private func take(
        _ piece: ByteBuffer, of answer: GuardedFetch.Answer, _ progress: inout Progress
    ) async throws(MediaError) {
        progress.received += piece.readableBytes
        guard progress.received <= settings.largest else {
            throw .tooLarge(limit: settings.largest)
        }
        piece.withUnsafeReadableBytes { progress.hash.update(bufferPointer: $0) }
        if let sink = progress.sink { return try await sink.write(piece) }
        progress.beginning.writeImmutableBuffer(piece)
        if progress.beginning.readableBytes >= MediaKind.enough {
            try await open(answer, &progress)
        }
    }

    /// The first bytes say what it is, and with that what it is called.
    private func open(_ answer: GuardedFetch.Answer, _ progress: inout Progress)
        async throws(MediaError)
    {
        let kind = MediaKind(
            beginning: Array(progress.beginning.readableBytesView.prefix(MediaKind.enough)),
            contentType: answer.headers.first(name: "Content-Type"))
        let key = settings.template.key(label, index: index, fileExtension: kind.fileExtension)
        progress.found = try await archiver.place.existing(key, bytes: answer.length)
        if progress.found != nil { return }
        let sink = try await archiver.place.open(key, kind)
        progress.sink = sink
        try await sink.write(progress.beginning)
        progress.beginning.clear()
    }

    private func finish(_ answer: GuardedFetch.Answer, _ progress: inout Progress)
        async throws(MediaError) -> ArchivedCopy
    {
        if let found = progress.found { return found }
        guard progress.received > 0 else {
            throw .brokenAnswer(host: answer.host, reason: "there is nothing in it")
        }
        if let length = answer.length, length != progress.received {
            throw .brokenAnswer(
                host: answer.host,
                reason: "it has \(progress.received) bytes in place of \(length)")
        }
        if progress.sink == nil { try await open(answer, &progress) }
        if let found = progress.found { return found }
        guard let sink = progress.sink else { throw .cancelled }
        let copy = try await sink.finish(
            bytes: Int64(progress.received), sha256: hexadecimal(progress.hash.finalize()))
        progress.sink = nil
        return copy
    }
}
