// Promises that several targets check, written from the schemas and not from the code.

import JSON
import JobEngine

enum Promise {
    /// `common.schema.json`, jobId: 1 to 280 bytes, no control characters, no key of the ledger's own.
    static func jobID(_ id: String) throws(Broken) {
        let bytes = Array(id.utf8)
        try hold((1...280).contains(bytes.count), "id-length", id)
        try hold(
            !id.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) },
            "id-control-character", id)
        try hold(
            !bytes.starts(with: "cursor/".utf8) && !bytes.starts(with: "late/".utf8)
                && !bytes.starts(with: "spend/".utf8),
            "id-begins-like-a-ledger-key", id)
    }

    /// `common.schema.json`, unixMilliseconds.
    static func ledgerInstant(_ instant: Instant) throws(Broken) {
        try hold(
            (0...253_402_300_799_999).contains(instant.milliseconds), "instant-out-of-bounds",
            "\(instant.milliseconds)")
    }

    /// One JSON value, as strict as the reader and a little deeper than requests may be.
    static func json(_ bytes: [UInt8], _ what: String) throws(Broken) -> JSON {
        do throws(JSONError) {
            return try JSON(parsing: bytes, maximumDepth: 80)
        } catch {
            throw Broken(what, error.description)
        }
    }

    /// RFC 3339, UTC, three decimals.
    static func instantText(_ value: JSON?) throws(Broken) {
        let text = try need(value?.string, "instant-missing")
        let shape = text.utf8.map { (0x30...0x39).contains($0) ? UInt8(ascii: "0") : $0 }
        try hold(
            String(decoding: shape, as: UTF8.self) == "0000-00-00T00:00:00.000Z", "instant-text",
            text)
    }
}

/// Messages made comparable: what differs from input to input is taken out.
enum Behaviour {
    static func of(_ message: String) -> String {
        var text = ""
        for scalar in message.unicodeScalars.prefix(160) {
            if ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == " "
                || scalar == "_"
            {
                text.unicodeScalars.append(scalar)
            } else if text.last != "#" {
                text += "#"
            }
        }
        return text
    }
}
