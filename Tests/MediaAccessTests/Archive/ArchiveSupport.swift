// A server of products and archives to keep them in.

import Crypto
import Foundation
import MediaAccess
import Synchronization

/// Bytes that look like a video.
func sampleVideo(_ count: Int) -> [UInt8] {
    [0, 0, 0, 0x20] + Array("ftypisom".utf8)
        + (0..<max(0, count - 12)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
}

func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        .joined()
}

/// Answers with what it is told, one after the other, the last one for ever.
final class Script: Sendable {
    private let answers: Mutex<[LoopbackServer.Answer]>

    init(_ answers: [LoopbackServer.Answer]) { self.answers = Mutex(answers) }

    func next(_ request: String) -> LoopbackServer.Answer {
        answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    }
}

func archiveSettings(port: Int) throws -> Archiver.Settings {
    var settings = Archiver.Settings(template: try ArchiveKeyTemplate("{id}/{task_id}.{ext}"))
    settings.fetch = sandboxedFetch(port: port)
    settings.pauses = (shortest: .milliseconds(2), longest: .milliseconds(5))
    settings.patience = .seconds(20)
    return settings
}

func archiveLabel(_ id: String) -> ArchiveLabel {
    ArchiveLabel(
        id: id, taskID: "739", model: "m", account: "a", submittedAt: 1_764_041_400)
}

extension Archiver {
    func result(_ link: String, _ id: String, index: Int = 0, within life: Duration = .seconds(20))
        async -> Result<ArchivedCopy, MediaError>
    {
        do throws(MediaError) {
            return .success(
                try await store(
                    link, of: archiveLabel(id), index: index, expiry: .now + life))
        } catch {
            return .failure(error)
        }
    }
}

/// A folder that is removed in the end.
struct TemporaryFolder {
    let path = NSTemporaryDirectory() + "archive-\(UUID().uuidString)"

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// All files below, by their paths.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return all.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(path)/\($0)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        .sorted()
    }

    func bytes(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map(Array.init)
    }
}
