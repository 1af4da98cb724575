// Signs requests in the provider's way: HMAC-SHA256, akin to AWS version 4 without its key prefix.

import Crypto
import Synchronization

/// A request as it is before it is signed.
package struct UnsignedRequest: Sendable {
    package var method = "POST"
    /// Host as it is sent, with the port if it has one.
    package var host: String
    package var path = "/"
    package var query: [(name: String, value: String)] = []
    /// Of these, `Content-Type`, `Content-Md5` and all whose names begin with `X-` are signed.
    package var headers: [(name: String, value: String)] = []
    /// The very bytes that will be sent.
    package var body: [UInt8] = []

    package init(host: String) { self.host = host }
}

/// Signs requests of one account. A signature belongs to one attempt: never use it twice.
package struct RequestSigner: Sendable {
    package let credentials: Credentials
    package let region: String
    package let service: String
    private let derived = DerivedKey()

    /// - Parameters:
    ///   - region: `cn-north-1` for the visual API (jimeng-api.md section 1).
    ///   - service: `cv` for the visual API.
    package init(credentials: Credentials, region: String = "cn-north-1", service: String = "cv") {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// All headers of the request including `Host` and `Authorization`, to be sent as they are.
    ///
    /// - Parameter time: now; the provider refuses a signature that is too old.
    package func sign(_ request: UnsignedRequest, at time: UTCTime)
        -> [(name: String, value: String)]
    {
        let hash = hexadecimal(SHA256.hash(data: request.body))
        var headers = request.headers.map { (name: $0.name, value: Self.trimmed($0.value)) }
        headers.append((name: "X-Date", value: time.compact))
        headers.append((name: "X-Content-Sha256", value: hash))
        if let token = credentials.sessionToken {
            headers.append((name: "X-Security-Token", value: token.withText { $0 }))
        }
        let host = (name: "Host", value: Self.signedHost(request.host))
        let canonical = CanonicalRequest(
            method: request.method, path: request.path, query: request.query,
            headers: headers.filter { Self.isSigned($0.name) } + [host], bodyHash: hash)
        let authorization = authorization(for: canonical, at: time)
        return [(name: "Host", value: request.host)] + headers
            + [(name: "Authorization", value: authorization)]
    }

    func authorization(for canonical: CanonicalRequest, at time: UTCTime) -> String {
        "HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope(at: time)), "
            + "SignedHeaders=\(canonical.signedHeaders), "
            + "Signature=\(signature(of: canonical, at: time))"
    }

    func signature(of canonical: CanonicalRequest, at time: UTCTime) -> String {
        let text = stringToSign(canonical, at: time)
        return hexadecimal(
            HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: signingKey(at: time)))
    }

    func stringToSign(_ canonical: CanonicalRequest, at time: UTCTime) -> String {
        let hash = hexadecimal(SHA256.hash(data: Array(canonical.text.utf8)))
        return ["HMAC-SHA256", time.compact, scope(at: time), hash].joined(separator: "\n")
    }

    /// The secret, narrowed down to one day, region and service.
    func signingKey(at time: UTCTime) -> SymmetricKey {
        derived.key(for: Self.day(of: time)) { derive(at: time) }
    }

    private func derive(at time: UTCTime) -> SymmetricKey {
        let secret = credentials.secretAccessKey.withText { SymmetricKey(data: Array($0.utf8)) }
        return [Self.day(of: time), region, service, "request"].reduce(secret) { key, part in
            SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }

    private func scope(at time: UTCTime) -> String {
        "\(Self.day(of: time))/\(region)/\(service)/request"
    }

    private static func day(of time: UTCTime) -> String { String(time.compact.prefix(8)) }
}

extension RequestSigner {
    private static func isSigned(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "content-type" || name == "content-md5" || name.hasPrefix("x-")
    }

    /// The official SDK signs the port, except that it cuts these two (vectors `sdk-08` to `sdk-10`).
    private static func signedHost(_ host: String) -> String {
        for port in [":443", ":80"] where host.hasSuffix(port) {
            return String(host.dropLast(port.count))
        }
        return host
    }

    /// The rules say that values are trimmed, the SDK does not: a value without padding suits both.
    private static func trimmed(_ value: String) -> String {
        let isPadding: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let tail = value.drop(while: isPadding)
        guard let last = tail.lastIndex(where: { !isPadding($0) }) else { return "" }
        return String(tail[...last])
    }
}

/// The signing key of one day, kept: deriving it takes four rounds of HMAC, as much as all the rest of a signature.
private final class DerivedKey: Sendable {
    private let kept = Mutex<(day: String, key: SymmetricKey)?>(nil)

    func key(for day: String, derive: () -> SymmetricKey) -> SymmetricKey {
        kept.withLock { kept in
            if let kept, kept.day == day { return kept.key }
            let key = derive()
            kept = (day, key)
            return key
        }
    }
}
