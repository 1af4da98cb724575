// The two kinds of archive behind one face: look, open, write, finish or abandon.

import NIOCore

/// An archive that can be written to.
enum ArchivePlace: Sendable {
    case directory(DirectoryStore)
    case bucket(S3Store)

    /// The copy that is there already, complete, with the same number of bytes.
    func existing(_ key: String, bytes: Int?) async throws(MediaError) -> ArchivedCopy? {
        guard let bytes else { return nil }
        switch self {
        case .directory(let store):
            return try await store.existing(key, bytes: bytes)
        case .bucket(let store):
            let key = store.settings.fullKey(key)
            guard let found = try await store.look(key), found.bytes == Int64(bytes),
                let hash = found.sha256, hash.utf8.count == 64
            else { return nil }
            return ArchivedCopy(url: store.settings.url(key), bytes: found.bytes, sha256: hash)
        }
    }

    func open(_ key: String, _ kind: MediaKind) async throws(MediaError) -> ArchiveSink {
        switch self {
        case .directory(let store):
            .file(try await store.open(key), url: store.url(key))
        case .bucket(let store):
            .object(S3Upload(store, key: store.settings.fullKey(key), kind: kind))
        }
    }

    func renew(_ credentials: S3Credentials) {
        if case .bucket(let store) = self { store.renew(credentials) }
    }

    func shutdown() async {
        if case .bucket(let store) = self { await store.shutdown() }
    }
}

/// A copy on its way. Calls must not overlap; exactly one of `finish` and `abandon` ends it.
enum ArchiveSink: Sendable {
    case file(PartFile, url: String)
    case object(S3Upload)

    func write(_ piece: ByteBuffer) async throws(MediaError) {
        switch self {
        case .file(let file, _): try await file.write(piece)
        case .object(let upload): try await upload.write(piece)
        }
    }

    func finish(bytes: Int64, sha256: String) async throws(MediaError) -> ArchivedCopy {
        switch self {
        case .file(let file, let url):
            try await file.finish(durably: true)
            return ArchivedCopy(url: url, bytes: bytes, sha256: sha256)
        case .object(let upload):
            return try await upload.finish(sha256: sha256)
        }
    }

    func abandon() async {
        switch self {
        case .file(let file, _): await file.abandon()
        case .object(let upload): await upload.abandon()
        }
    }
}
