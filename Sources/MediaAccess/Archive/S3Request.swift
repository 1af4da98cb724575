// One request to storage, and its signature: AWS version 4, header form.

internal import Crypto
package import NIOCore

package struct S3Request: Sendable {
    package var method: String
    /// Percent-encoded.
    package var path: String
    package var query: [(name: String, value: String)]
    /// All of them are signed.
    package var headers: [(name: String, value: String)]
    package var body: ByteBuffer

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: ByteBuffer = ByteBuffer()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The query as it is sent and signed: sorted, `name=value`.
    var encodedQuery: String {
        query.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { "\(URIEncoding.encode($0.name))=\(URIEncoding.encode($0.value))" }
            .joined(separator: "&")
    }
}

/// Signs requests to S3 (Signature Version 4, `AWS4-HMAC-SHA256`); the body's hash is always signed.
package struct S3Signer: Sendable {
    private let credentials: S3Credentials
    private let region: String

    package init(credentials: S3Credentials, region: String) {
        self.credentials = credentials
        self.region = region
    }

    /// All headers of the request, `Host` and `Authorization` included, to be sent as they are.
    package func headers(of request: S3Request, host: String, at seconds: Int64)
        -> [(name: String, value: String)]
    {
        let time = UTCStamp(seconds).compact
        let bodyHash = hexadecimal(request.body.digest(SHA256.self))
        var headers = request.headers
        headers.append((name: "Host", value: host))
        headers.append((name: "x-amz-date", value: time))
        headers.append((name: "x-amz-content-sha256", value: bodyHash))
        if let token = credentials.sessionToken {
            headers.append((name: "x-amz-security-token", value: token))
        }
        let signed = headers.map { (name: $0.name.lowercased(), value: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, request.path, request.encodedQuery,
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names, bodyHash,
        ].joined(separator: "\n")
        let scope = "\(time.prefix(8))/\(region)/s3/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", time, scope,
            hexadecimal(SHA256.hash(data: Array(canonical.utf8))),
        ].joined(separator: "\n")
        let signature = hexadecimal(
            HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key(scope)))
        headers.append(
            (
                name: "Authorization",
                value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(names), Signature=\(signature)"
            ))
        return headers
    }

    /// The secret, narrowed down to the scope.
    private func key(_ scope: String) -> SymmetricKey {
        let secret = SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        return scope.split(separator: "/").reduce(secret) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }
}

extension ByteBuffer {
    /// The hash of the readable bytes, without a copy of them.
    func digest<Hash: HashFunction>(_: Hash.Type) -> Hash.Digest {
        var hash = Hash()
        withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }
}
