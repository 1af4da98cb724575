// Finds the pixel size of a picture on the web by fetching as little of it as possible.

import NIOCore
import NIOHTTP1

/// Asks for the first bytes of a picture, then for more only if its header lies deeper.
///
/// Copes with servers that ignore ranges (reads what is needed and drops the connection), that answer
/// with other ranges, and that never end. A failed probe is no failed job: the caller takes the
/// model's default ratio.
package struct ImageProbe: Sendable {
    package var fetch: GuardedFetch

    /// The time for everything: look-ups, redirects, all requests.
    package var time: Duration

    /// How deep into the file the header may reach, in bytes.
    package var depth: Int

    package init(
        fetch: GuardedFetch = GuardedFetch(), time: Duration = .seconds(10), depth: Int = 1 << 20
    ) {
        self.fetch = fetch
        self.time = time
        self.depth = depth
    }

    /// What a probe found, and what it took.
    package struct Finding: Sendable, Hashable {
        package let size: PixelSize
        package let format: ImageFormat
        /// Bytes of the picture that were read.
        package let bytes: Int
        /// Requests that were sent, redirects not counted.
        package let requests: Int
    }

    package func measure(_ url: String) async throws(MediaError) -> Finding {
        let target = try fetch.gate.admit(url)
        return try await withTimeLimit(time) { () async throws(MediaError) in
            try await measure(target)
        }
    }

    /// The first request; pictures without much metadata need no more.
    private static let firstRange = 4096

    /// 4 KiB, 64 KiB, 1 MiB, and two in reserve for servers that send less than they are asked for.
    private static let maximumRequests = 5

    private func measure(_ target: WebTarget) async throws(MediaError) -> Finding {
        var state = PrefixReader(depth: depth, end: min(depth, Self.firstRange))
        var target = target
        for request in 1...Self.maximumRequests {
            let start = state
            let outcome = try await fetch.get(target, headers: state.headers) {
                (answer) async throws(MediaError) in
                var reader = start
                let finding = try await reader.read(answer)
                return (reader, finding, answer.target)
            }
            if let (size, format) = outcome.1 {
                return Finding(
                    size: size, format: format, bytes: outcome.0.bytes.count, requests: request)
            }
            (state, _, target) = outcome
        }
        throw .brokenAnswer(
            host: target.host.description, reason: "it comes in too many small pieces")
    }
}

/// The beginning of a file as it gathers over requests.
private struct PrefixReader: Sendable {
    private let depth: Int

    private(set) var bytes: [UInt8] = []

    /// The next request asks for the bytes up to here; `nil` to ask for the whole file.
    private var end: Int?

    /// A reading makes sense when so many bytes are there.
    private var threshold = 1

    init(depth: Int, end: Int) {
        self.depth = depth
        self.end = end
    }

    var headers: HTTPHeaders {
        var headers = HTTPHeaders([("Accept", "image/*")])
        if let end { headers.add(name: "Range", value: "bytes=\(bytes.count)-\(end - 1)") }
        return headers
    }

    /// Reads on from an answer until the size is known, the answer ends, or a bound is reached.
    ///
    /// - Returns: `nil` when another request is needed.
    mutating func read(
        _ answer: GuardedFetch.Answer
    ) async throws(MediaError) -> (PixelSize, ImageFormat)? {
        guard try admit(answer) else { return nil }
        let before = bytes.count
        var found: (PixelSize, ImageFormat)?
        try await answer.forEachPiece { (piece) throws(MediaError) in
            bytes.append(contentsOf: piece.readableBytesView.prefix(depth - bytes.count))
            if bytes.count >= threshold { found = try look() }
            return found != nil || bytes.count == depth
        }
        if found == nil { found = try look() }
        if let found { return found }
        try prepareNext(answer, read: bytes.count - before)
        return nil
    }

    /// Whether the answer continues what is there; if it does not, the next request asks for all.
    private mutating func admit(_ answer: GuardedFetch.Answer) throws(MediaError) -> Bool {
        switch answer.status {
        case 200:
            bytes = []  // the whole file, whatever was asked for
            end = nil
        case 206 where end != nil && ContentRange(answer)?.start == bytes.count:
            break
        case 206, 416:
            guard end != nil else {
                throw .brokenAnswer(host: answer.host, reason: "it is a range nobody asked for")
            }
            bytes = []
            end = nil
            threshold = 1
            return false
        default:
            throw .status(host: answer.host, code: answer.status)
        }
        try answer.requireIdentity()
        return true
    }

    /// Looks for the size; sets how many bytes the next look needs.
    private mutating func look() throws(MediaError) -> (PixelSize, ImageFormat)? {
        switch ImageHeader.read(bytes) {
        case .size(let size, let format):
            return (size, format)
        case .unsupported(let reason):
            throw .notMeasurable(reason: reason)
        case .needMore(let count):
            if count > depth {
                throw .notMeasurable(reason: "its size lies deeper than \(depth) bytes")
            }
            // At least a sixteenth more each time, so that a file that always needs one byte more
            // costs linear and not quadratic time.
            threshold = max(count, bytes.count + bytes.count / 16)
            return nil
        }
    }

    private mutating func prepareNext(
        _ answer: GuardedFetch.Answer, read: Int
    ) throws(MediaError) {
        let isWhole = end == nil || ContentRange(answer)?.total.map { $0 <= bytes.count } ?? false
        if isWhole || read == 0 {
            throw .notMeasurable(reason: "it ends before its size is known")
        }
        end = min(depth, max(threshold, 16 * bytes.count))
    }
}

/// The header that says which part of a file an answer carries: `bytes 0-4095/12345`.
private struct ContentRange {
    let start: Int
    let total: Int?

    init?(_ answer: GuardedFetch.Answer) {
        guard let value = answer.headers.first(name: "Content-Range"),
            value.lowercased().hasPrefix("bytes ")
        else { return nil }
        let numbers = value.dropFirst(6).split { $0 == "-" || $0 == "/" }
        guard numbers.count == 3, let start = Int(numbers[0]) else { return nil }
        self.start = start
        total = Int(numbers[2])
    }
}
