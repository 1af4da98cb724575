// The files that the simulator serves: videos of finished tasks and test images.

extension SimulatedProvider {
    /// `GET /videos/<task>.mp4`: 404 before there is a link, 403 after it has expired.
    mutating func serveVideo(_ request: SimulatedRequest) -> SimulatedAnswer {
        if let refusal = Self.unlessRead(request) { return refusal }
        let name = request.path.dropFirst("/videos/".count)
        guard name.hasSuffix(".mp4"), let position = positions[String(name.dropLast(4))],
            let expiry = tasks[position].linkExpiresAt
        else { return Self.storageError(404, "NoSuchKey", "The object does not exist.") }
        guard now < expiry else {
            return Self.storageError(403, "AccessDenied", "Request has expired")
        }
        if request.method == "GET" { tasks[position].videoFetches += 1 }
        return ServedFile(bytes: SampleVideo.bytes, mediaType: "video/mp4")
            .answer(range: request.headers.first("Range"))
    }

    /// `GET /images/<name>`; with `?norange=1` the Range header is ignored.
    func serveImage(_ request: SimulatedRequest) -> SimulatedAnswer {
        if let refusal = Self.unlessRead(request) { return refusal }
        guard let image = SampleImage.named(request.path.dropFirst("/images/".count)) else {
            let names = SampleImage.all.map(\.name).joined(separator: "\n")
            return .text(404, "There is no such image. There are:\n\(names)\n")
        }
        let ignoresRange = request.queryValue("norange") == "1"
        return ServedFile(
            bytes: image.bytes, mediaType: image.mediaType, acceptsRanges: !ignoresRange
        )
        .answer(range: ignoresRange ? nil : request.headers.first("Range"))
    }

    private static func unlessRead(_ request: SimulatedRequest) -> SimulatedAnswer? {
        ["GET", "HEAD"].contains(request.method) ? nil : .text(405, "Use GET or HEAD.\n")
    }

    /// The XML that object storage answers errors with.
    private static func storageError(_ status: Int, _ code: String, _ message: String)
        -> SimulatedAnswer
    {
        let xml = "<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return SimulatedAnswer(
            status: status, headers: [HeaderField("Content-Type", "application/xml")],
            body: Array(xml.utf8))
    }
}

/// A file and the part of it that was asked for.
struct ServedFile {
    let bytes: [UInt8]
    let mediaType: String
    var acceptsRanges = true

    /// 200 with all, 206 with one range, or 416. Several ranges, and units other than bytes, are
    /// answered with all, as RFC 9110 allows.
    func answer(range: String?) -> SimulatedAnswer {
        var headers = [HeaderField("Content-Type", mediaType)]
        if acceptsRanges { headers.append(HeaderField("Accept-Ranges", "bytes")) }
        switch range.map(requested) ?? .all {
        case .all:
            return SimulatedAnswer(status: 200, headers: headers, body: bytes)
        case .part(let part):
            let shown = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(bytes.count)"
            headers.append(HeaderField("Content-Range", shown))
            return SimulatedAnswer(status: 206, headers: headers, body: Array(bytes[part]))
        case .nothing:
            headers.append(HeaderField("Content-Range", "bytes */\(bytes.count)"))
            return SimulatedAnswer(status: 416, headers: headers)
        }
    }

    private enum Requested {
        case all, nothing
        case part(Range<Int>)
    }

    private func requested(_ header: String) -> Requested {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return .all }
        let bounds = header.dropFirst(6)
            .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return .all }
        switch (Int(bounds[0]), Int(bounds[1])) {
        case (nil, let suffix?) where bounds[0].isEmpty:
            return suffix > 0 ? .part(max(0, bytes.count - suffix)..<bytes.count) : .nothing
        case (let first?, let last) where last != nil || bounds[1].isEmpty:
            let end = min(last ?? .max, bytes.count - 1)
            if let last, last < first { return .all }
            return first <= end ? .part(first..<end + 1) : .nothing
        default:
            return .all
        }
    }
}
