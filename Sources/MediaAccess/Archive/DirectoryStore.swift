// An archive in a directory: folders are made, files appear whole and stay.

internal import Crypto

#if canImport(Glibc)
    import Glibc
    private let systemRead = Glibc.read
#elseif canImport(Musl)
    import Musl
    private let systemRead = Musl.read
#else
    import Darwin
    private let systemRead = Darwin.read
#endif

struct DirectoryStore: Sendable {
    /// Absolute, without a slash at its end.
    let root: String

    func path(_ key: String) -> String { "\(root)/\(key)" }

    func url(_ key: String) -> String {
        "file://" + URIEncoding.encode(path(key), keepsSlashes: true)
    }

    /// A file to write into. Its name until it is finished is its own, as two owners may be at it.
    func open(_ key: String) async throws(MediaError) -> PartFile {
        let path = path(key)
        try await PartFile.blocking { () throws(MediaError) in try Self.makeFolders(of: path) }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return try await PartFile(for: path, partPath: "\(path[..<slash])/.\(random).part")
    }

    /// A file under its final name is complete; it is read for its hash.
    func existing(_ key: String, bytes: Int) async throws(MediaError) -> ArchivedCopy? {
        let path = path(key)
        let hash = try await PartFile.blocking { () throws(MediaError) in
            try Self.hash(path, bytes: bytes)
        }
        return hash.map { ArchivedCopy(url: url(key), bytes: Int64(bytes), sha256: $0) }
    }

    private static func makeFolders(of path: String) throws(MediaError) {
        for index in path.indices.dropFirst() where path[index] == "/" {
            let folder = String(path[..<index])
            if mkdir(folder, 0o755) != 0, errno != EEXIST, errno != EISDIR {
                throw .file(reason: "mkdir: \(String(cString: strerror(errno)))")
            }
        }
    }

    private static func hash(_ path: String, bytes: Int) throws(MediaError) -> String? {
        let descriptor = Self.openForReading(path)
        if descriptor < 0 { return nil }
        defer { _ = close(descriptor) }
        var about = stat()
        guard fstat(descriptor, &about) == 0, Int(about.st_size) == bytes else { return nil }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = systemRead(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .file(reason: "read: \(String(cString: strerror(errno)))") }
            if count == 0 { return hexadecimal(hash.finalize()) }
            buffer.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0[..<count])) }
        }
    }

    private static func openForReading(_ path: String) -> CInt {
        #if canImport(Glibc)
            Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        #elseif canImport(Musl)
            Musl.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        #else
            Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        #endif
    }
}
