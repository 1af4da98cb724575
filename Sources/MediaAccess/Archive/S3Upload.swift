// An object on its way into a bucket: gathers a part, sends it, and never holds more.

import NIOCore

/// Calls must not overlap, and exactly one of `finish` and `abandon` ends it.
actor S3Upload {
    private let store: S3Store
    private let key: String
    private let kind: MediaKind
    private var gathered = ByteBuffer()
    private var bytes: Int64 = 0
    /// Of the upload in parts, once there is more than one.
    private var upload: String?
    private var tags: [String] = []

    init(_ store: S3Store, key: String, kind: MediaKind) {
        self.store = store
        self.key = key
        self.kind = kind
    }

    /// Returns when there is room for more, so that whoever reads the source waits with it.
    func write(_ piece: ByteBuffer) async throws(MediaError) {
        bytes += Int64(piece.readableBytes)
        gathered.writeImmutableBuffer(piece)
        // The last part is sent by `finish`, so it never is empty, and what fits into one is no upload in parts.
        while gathered.readableBytes > store.settings.partSize {
            guard let part = gathered.readSlice(length: store.settings.partSize) else { break }
            try await send(part)
            gathered.discardReadBytes()
        }
    }

    private func send(_ part: ByteBuffer) async throws(MediaError) {
        let id: String
        if let upload {
            id = upload
        } else {
            id = try await store.begin(key, contentType: kind.contentType)
            upload = id
        }
        tags.append(try await store.put(part: tags.count + 1, of: id, key, part))
    }

    /// Makes the object appear, and looks whether it is there as a whole.
    func finish(sha256: String) async throws(MediaError) -> ArchivedCopy {
        if upload != nil {
            try await send(gathered)
            if let upload { try await store.complete(upload, key, tags: tags) }
            upload = nil
        } else {
            try await store.put(key, gathered, contentType: kind.contentType, sha256: sha256)
        }
        gathered.clear()
        // Nil: the keys may write, but not look.
        if let found = try await store.look(key), found.bytes != bytes {
            throw .store(
                operation: "check the object",
                reason: "it has \(found.bytes) bytes in place of \(bytes)", isFinal: false)
        }
        return ArchivedCopy(url: store.settings.url(key), bytes: bytes, sha256: sha256)
    }

    /// Leaves nothing behind: parts of an upload that nobody completes are kept, and paid for, for ever.
    func abandon() async {
        guard let id = upload else { return }
        upload = nil
        // In a task of its own, as the one that was cancelled could not send it.
        await Task { [store, key] in try? await store.abort(id, key) }.value
    }
}
