// The signing text and the signature of a request, from section 2 of the provider's document.

import Crypto

/// The parts of the credential scope: `date/region/service/request`.
struct CredentialScope: Sendable, Equatable {
    let date: String
    let region: String
    let service: String

    var text: String { "\(date)/\(region)/\(service)/request" }
}

/// The canonical form of a request under a chosen list of signed headers.
struct CanonicalRequest {
    /// Steps 2 to 5: what is hashed.
    let text: String

    /// Nil when a signed header is not in the request. Headers stand in the order of
    /// `signedHeaders`, which need not be sorted. `host` replaces the value of that header.
    init?(_ request: SimulatedRequest, signedHeaders: [String], host: String) {
        var block = ""
        for name in signedHeaders {
            var values = request.headers.values(of: name)
            if name == "host" { values = [host] }
            guard !values.isEmpty else { return nil }
            block += "\(name):\(values.map(trimmed).joined(separator: ","))\n"
        }
        text = [
            request.method, request.path, Self.canonicalQuery(request.query), block,
            signedHeaders.joined(separator: ";"), hex(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
    }

    /// Steps 6 to 8: the signature in lower-case hex. `date` is the text of `X-Date`.
    func signature(secret: String, date: String, scope: CredentialScope) -> String {
        let textToSign = [
            "HMAC-SHA256", date, scope.text, hex(SHA256.hash(data: Array(text.utf8))),
        ].joined(separator: "\n")
        var key = SymmetricKey(data: Array(secret.utf8))
        for part in [scope.date, scope.region, scope.service, "request"] {
            key = SymmetricKey(data: authenticate(part, key))
        }
        return hex(authenticate(textToSign, key))
    }

    /// Step 3. Sorted by name in byte order; values of one name keep their order, as the SDK does.
    static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query.enumerated()
            .sorted { left, right in
                let (first, second) = (
                    Array(left.element.name.utf8), Array(right.element.name.utf8)
                )
                return first == second
                    ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
            }
            .map { "\(percentEncoded($0.element.name))=\(percentEncoded($0.element.value))" }
            .joined(separator: "&")
    }
}

/// Lower-case hex.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

private func authenticate(_ text: String, _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
}

private func trimmed(_ value: String) -> String {
    let start = value.drop { $0 == " " || $0 == "\t" }
    let end = start.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { String(start[...$0]) } ?? ""
}

private let unreserved = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".utf8)

/// RFC 3986: all but the unreserved characters as upper-case `%XX` of their UTF-8 bytes.
private func percentEncoded(_ text: String) -> String {
    return text.utf8.reduce(into: "") { encoded, byte in
        if unreserved.contains(byte) {
            encoded.unicodeScalars.append(UnicodeScalar(byte))
        } else {
            encoded += "%" + hex([byte]).uppercased()
        }
    }
}
