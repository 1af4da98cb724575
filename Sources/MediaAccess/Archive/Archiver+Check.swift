// Whether the archive can be written to, found out before the first product is there.

import NIOCore

extension Archiver {
    /// Writes, looks at and removes a small object beside the copies.
    ///
    /// - Returns: the address that was written to.
    package func check() async throws(MediaError) -> String {
        let key = ".jimeng-check-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let content = ByteBuffer(string: "written by jimeng to see whether it may\n")
        switch place {
        case .directory(let store):
            let file = try await store.open(key)
            do throws(MediaError) {
                try await file.write(content)
                try await file.finish(durably: true)
            } catch {
                await file.abandon()
                throw error
            }
            try await PartFile.remove(store.path(key))
            return store.url("")
        case .bucket(let store):
            let full = store.settings.fullKey(key)
            let upload = S3Upload(
                store, key: full, kind: MediaKind(beginning: [], contentType: nil))
            try await upload.write(content)
            _ = try await upload.finish(sha256: String(repeating: "0", count: 64))
            // Deleting is not needed for the work; keys that may not are good keys.
            try? await store.delete(full)
            return "s3://\(store.settings.bucket)/\(store.settings.prefix)"
        }
    }
}
