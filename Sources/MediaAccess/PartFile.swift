// A file that is written beside its final place and moved there when it is complete.

import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
    private let systemWrite = Glibc.write
#elseif canImport(Musl)
    import Musl
    private let systemWrite = Musl.write
#else
    import Darwin
    private let systemWrite = Darwin.write
#endif

/// Blocking calls run on NIO's thread pool. Calls must not overlap, and exactly one of `finish` and
/// `abandon` ends the life of the file.
struct PartFile: Sendable {
    private let path: String
    private let partPath: String
    private let descriptor: CInt

    /// Creates the file, or empties what a previous run left behind.
    ///
    /// - Parameter partPath: its name until it is finished, in the same folder; nil for `<path>.part`.
    init(for path: String, partPath: String? = nil) async throws(MediaError) {
        let partPath = partPath ?? path + ".part"
        self.path = path
        self.partPath = partPath
        descriptor = try await Self.blocking { () throws(MediaError) in
            try Self.check(open(partPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644), "open")
        }
    }

    func write(_ bytes: ByteBuffer) async throws(MediaError) {
        try await Self.blocking { [descriptor] () throws(MediaError) in
            var written = 0
            while written < bytes.readableBytes {
                let count = bytes.withUnsafeReadableBytes { all in
                    let rest = UnsafeRawBufferPointer(rebasing: all[written...])
                    return systemWrite(descriptor, rest.baseAddress, rest.count)
                }
                if count < 0, errno == EINTR { continue }
                written += try Self.check(count, "write")
            }
        }
    }

    /// Moves the file to its final place, or removes it when that fails; nobody ever sees half of it.
    ///
    /// - Parameter durably: content and name are on the disk when it returns, and outlive a loss of power.
    func finish(durably: Bool = false) async throws(MediaError) {
        try await Self.blocking { [descriptor, partPath, path] () throws(MediaError) in
            do throws(MediaError) {
                let synced = durably ? fsync(descriptor) : 0
                let reason = errno
                _ = try Self.check(close(descriptor), "close")
                if synced < 0 {
                    throw .file(reason: "fsync: \(String(cString: strerror(reason)))")
                }
                _ = try Self.check(rename(partPath, path), "rename")
            } catch {
                _ = unlink(partPath)
                throw error
            }
            if durably { Self.syncFolder(of: path) }
        }
    }

    /// The name is on the disk, too. Some file systems cannot do that for a folder; then it is as it is.
    private static func syncFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = open(String(path[...slash]), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        _ = close(folder)
    }

    static func remove(_ path: String) async throws(MediaError) {
        try await blocking { () throws(MediaError) in _ = try check(unlink(path), "unlink") }
    }

    /// Removes what was written.
    func abandon() async {
        try? await Self.blocking { [descriptor, partPath] () throws(MediaError) in
            _ = close(descriptor)
            _ = unlink(partPath)
        }
    }

    private static func check<Value: SignedInteger>(
        _ result: Value, _ call: String
    ) throws(MediaError) -> Value {
        if result >= 0 { return result }
        throw .file(reason: "\(call): \(String(cString: strerror(errno)))")
    }

    /// Not cancellable: a file must be closed and removed also, and just then, when its task is
    /// cancelled.
    static func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(MediaError) -> Value
    ) async throws(MediaError) -> Value {
        let result = await withCheckedContinuation { continuation in
            NIOThreadPool.singleton.submit { _ in
                let result: Result<Value, MediaError>
                do throws(MediaError) { result = .success(try work()) } catch {
                    result = .failure(error)
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
