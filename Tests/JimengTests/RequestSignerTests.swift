// Signatures against the golden vectors, and what a signature must depend on.

import Crypto
import JSON
import Testing

@testable import Jimeng

@Suite("Signing")
struct RequestSignerTests {
    static let followed = SigningVector.all.filter { SigningVector.quirks[$0.id] == nil }
    static let ofSDK = followed.filter { $0.source == "sdk_vectors" }

    @Test("the file of vectors is the one that was agreed upon, and its quirks are named here")
    func vectorsAreComplete() {
        #expect(SigningVector.all.count == 33)
        #expect(Self.ofSDK.count == 22)
        let marked = SigningVector.all.filter { $0.fields["sdk_quirk"] != nil }.map(\.id)
        #expect(Set(marked) == Set(SigningVector.quirks.keys))
    }

    @Test("every step of the algorithm gives what the vector says", arguments: followed)
    func everyStep(_ vector: SigningVector) throws {
        let (signer, time) = (try vector.signer, try vector.time)
        let canonical = CanonicalRequest(
            method: vector.text("method"), path: vector.text("path"),
            query: vector.query.isEmpty ? Self.plainQuery(vector) : vector.query,
            headers: Self.signedAsBySource(vector),
            bodyHash: hexadecimal(SHA256.hash(data: vector.body)))
        #expect(time.compact == vector.text("x_date"))
        #expect(canonical.signedHeaders == vector.text("signed_headers"))
        #expect(canonical.text == vector.text("canonical_request"))
        #expect(signer.stringToSign(canonical, at: time) == vector.text("string_to_sign"))
        if let key = vector.fields["signing_key_hex"]?.string {
            #expect(signer.signingKey(at: time).withUnsafeBytes { hexadecimal($0) } == key)
        }
        #expect(signer.signature(of: canonical, at: time) == vector.text("signature"))
    }

    @Test(
        "the whole signer signs as the official SDK does, ports and tokens included",
        arguments: ofSDK)
    func asTheSDK(_ vector: SigningVector) throws {
        var request = UnsignedRequest(host: vector.text("host"))
        request.path = vector.text("path")
        request.query = vector.query
        request.headers = (vector.fields["headers_as_sent"]?.object ?? [:]).members
            .filter { !Self.madeBySigner.contains($0.key.lowercased()) }
            .map { ($0.key, $0.value.string ?? "") }
        request.body = vector.body
        let headers = try vector.signer.sign(request, at: try vector.time)
        #expect(Self.value("Authorization", in: headers) == vector.text("authorization"))
        #expect(Self.value("X-Content-Sha256", in: headers) == vector.text("payload_sha256"))
        #expect(
            Self.value("X-Security-Token", in: headers) == vector.fields["session_token"]?.string)
        #expect(Self.value("Host", in: headers) == vector.text("host"))
    }

    @Test("padding around a header value is neither signed nor sent")
    func paddingIsTrimmed() throws {
        let vector = try #require(SigningVector.all.first { $0.id == "sdk-47-padded-header-value" })
        var padded = UnsignedRequest(host: vector.text("host"))
        padded.headers = [("Content-Type", "\t application/json ")]
        var plain = padded
        plain.headers = [("Content-Type", "application/json")]
        let (signer, time) = (try vector.signer, try vector.time)
        let (left, right) = (signer.sign(padded, at: time), signer.sign(plain, at: time))
        #expect(left.map(\.value) == right.map(\.value))
        #expect(Self.value("Content-Type", in: left) == "application/json")
    }

    @Test("body, date and region each change the signature")
    func everyInputCounts() throws {
        let vector = try #require(Self.ofSDK.first)
        let (signer, time) = (try vector.signer, try vector.time)
        var request = UnsignedRequest(host: "h")
        let first = signer.sign(request, at: time)
        let later = signer.sign(request, at: UTCTime(secondsSince1970: time.secondsSince1970 + 1))
        request.body = [1]
        let longer = signer.sign(request, at: time)
        let elsewhere = RequestSigner(credentials: signer.credentials, region: "x")
            .sign(request, at: time)
        let all = [first, later, longer, elsewhere].map { Self.value("Authorization", in: $0) }
        #expect(Set(all).count == 4)
    }

    private static let madeBySigner: Set = [
        "host", "x-date", "x-content-sha256", "x-security-token", "authorization",
    ]

    private static func value(
        _ name: String, in headers: [(name: String, value: String)]
    ) -> String? { headers.first { $0.name == name }?.value }

    /// The vectors of other implementations give their query only in its canonical form.
    private static func plainQuery(_ vector: SigningVector) -> [(name: String, value: String)] {
        vector.text("canonical_query").split(separator: "&").map { item in
            let parts = item.split(separator: "=", omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
    }

    /// The host line as the source signed it: the SDK cuts two ports, the original script does not.
    private static func signedAsBySource(
        _ vector: SigningVector
    ) -> [(name: String, value: String)] {
        vector.signedHeaders.map { header in
            guard header.name == "host", vector.source == "sdk_vectors" else { return header }
            let parts = header.value.split(separator: ":")
            let isCut = parts.last == "80" || parts.last == "443"
            return ("host", isCut ? String(parts[0]) : header.value)
        }
    }
}
