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
    init(for path: String) async throws(MediaError) {
        let partPath = path + ".part"
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
    func finish() async throws(MediaError) {
        try await Self.blocking { [descriptor, partPath, path] () throws(MediaError) in
            do throws(MediaError) {
                _ = try Self.check(close(descriptor), "close")
                _ = try Self.check(rename(partPath, path), "rename")
            } catch {
                _ = unlink(partPath)
                throw error
            }
        }
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
    private static func blocking<Value: Sendable>(
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
