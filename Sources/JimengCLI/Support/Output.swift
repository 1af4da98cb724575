// Standard output and standard error, written at once and without buffers.

#if canImport(Glibc)
    import Glibc
    private let systemWrite = Glibc.write
#else
    import Darwin
    private let systemWrite = Darwin.write
#endif

/// What commands print goes through here: results to standard output, words about the work to standard error.
enum Output {
    /// A line on standard output. Whoever read it may have gone: then there is nobody left to work for.
    static func line(_ text: String) {
        line(Array(text.utf8))
    }

    static func line(_ bytes: [UInt8]) {
        guard write(bytes + [UInt8(ascii: "\n")], to: STDOUT_FILENO) else { _exit(0) }
    }

    /// Text as it is, on standard output.
    static func text(_ text: String) {
        guard write(Array(text.utf8), to: STDOUT_FILENO) else { _exit(0) }
    }

    /// A line on standard error, for people.
    static func note(_ text: String) {
        _ = write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    /// Text as it is, on standard error.
    static func noteText(_ text: String) {
        _ = write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// False if the other end is closed.
    private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
