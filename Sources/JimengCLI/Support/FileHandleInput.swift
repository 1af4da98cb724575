// Standard input as a whole.

import FoundationEssentials

#if canImport(Glibc)
    import Glibc
    private let systemRead = Glibc.read
#else
    import Darwin
    private let systemRead = Darwin.read
#endif

enum FileHandleInput {
    struct Unreadable: Error {}

    static func readAll() throws -> Data {
        var all = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = systemRead(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable() }
            if count == 0 { return all }
            all.append(contentsOf: buffer[..<count])
        }
    }
}
