// Remembers the input at hand where a crash of the process cannot reach it.

import Foundation

/// A file in memory that holds the current input. If the process traps, the next run finds it there.
final class Witness {
    private let path: String
    private let memory: UnsafeMutableRawPointer

    private static let size = 4 << 20

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/fuzz")

    struct Failure: Error {
        let path: String
    }

    init(of name: String) throws {
        try FileManager.default.createDirectory(
            at: Self.folder, withIntermediateDirectories: true)
        path = Self.folder.appending(path: "\(name).\(getpid())").path()
        let file = open(path, O_RDWR | O_CREAT, 0o644)
        defer { close(file) }
        guard file >= 0, ftruncate(file, off_t(Self.size)) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            memory != MAP_FAILED
        else { throw Failure(path: path) }
        self.memory = memory
    }

    func note(_ input: [UInt8]) {
        let count = min(input.count, Self.size - 8)
        memory.storeBytes(of: 0, as: Int.self)
        input.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                (memory + 8).copyMemory(from: start, byteCount: count)
            }
        }
        // One more than the count: an empty input is an input, too.
        memory.storeBytes(of: count + 1, as: Int.self)
    }

    func clear() { memory.storeBytes(of: 0, as: Int.self) }

    deinit {
        munmap(memory, Self.size)
        unlink(path)
    }

    /// What processes that are gone were looking at.
    static func leftBehind(of name: String) throws -> [[UInt8]] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return try files.filter { $0.hasPrefix("\(name).") }.compactMap { file in
            guard let owner = Int32(file.dropFirst(name.count + 1)), kill(owner, 0) != 0 else {
                return nil
            }
            let url = folder.appending(path: file)
            let bytes = [UInt8](try Data(contentsOf: url))
            try FileManager.default.removeItem(at: url)
            guard bytes.count >= 8 else { return nil }
            let count = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int.self) } - 1
            return (0...bytes.count - 8).contains(count) ? Array(bytes[8..<8 + count]) : nil
        }
    }
}
