// Signatures against the examples of the AWS documentation, and how a bucket is addressed.

import MediaAccess
import Testing

@Suite("Requests to storage")
struct S3SignatureTests {
    private let host = "examplebucket.s3.amazonaws.com"
    /// 2013-05-24T00:00:00Z, the moment of the examples.
    private let moment: Int64 = 1_369_353_600

    private func signature(_ request: S3Request) throws -> String? {
        let signer = S3Signer(
            credentials: try S3Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1")
        let headers = signer.headers(of: request, host: host, at: moment)
        return headers.first { $0.name == "Authorization" }?.value.split(separator: "Signature=")
            .last.map(String.init)
    }

    @Test("the documentation's examples get the documentation's signatures")
    func vectors() throws {
        let get = S3Request(
            method: "GET", path: "/test.txt", headers: [(name: "Range", value: "bytes=0-9")])
        #expect(
            try signature(get)
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        let lifecycle = S3Request(method: "GET", path: "/", query: [(name: "lifecycle", value: "")])
        #expect(
            try signature(lifecycle)
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        let list = S3Request(
            method: "GET", path: "/",
            query: [(name: "prefix", value: "J"), (name: "max-keys", value: "2")])
        #expect(
            try signature(list)
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    private func settings(
        _ endpoint: String?, bucket: String = "videos",
        _ addressing: S3Settings.Addressing? = nil, allowsPlainText: Bool = false
    ) throws -> S3Settings {
        try S3Settings(
            bucket: bucket, prefix: "jimeng", region: "cn-beijing",
            credentials: S3Credentials(accessKeyID: "AK", secretAccessKey: "SK"),
            endpoint: endpoint, addressing: addressing, allowsPlainText: allowsPlainText)
    }

    @Test("the bucket stands in the host where the service wants it, else in the path")
    func addressing() throws {
        let tos = try settings("https://tos-s3-cn-beijing.volces.com")
        #expect(tos.host == "videos.tos-s3-cn-beijing.volces.com")
        #expect(tos.path("a/b c.mp4") == "/a/b%20c.mp4")
        #expect(try settings(nil).host == "videos.s3.cn-beijing.amazonaws.com")
        let own = try settings("http://127.0.0.1:9000")
        #expect(own.host == "127.0.0.1:9000" && own.path("x") == "/videos/x")
        let dotted = try settings("https://s3.example.com", bucket: "my.videos")
        #expect(dotted.path("x") == "/my.videos/x")
        #expect(
            try settings("https://s3.example.com", .path).path("x") == "/videos/x")
    }

    @Test("http is for this machine, or must be wished for")
    func plainText() throws {
        #expect(throws: MediaError.self) { try settings("http://storage.example.com") }
        #expect(throws: MediaError.self) { try settings("http://10.0.0.1:9000") }
        #expect(throws: MediaError.self) { try settings("https://storage.example.com/path") }
        _ = try settings("http://storage.example.com", allowsPlainText: true)
        _ = try settings("http://[::1]:9000")
    }

    @Test("credentials show nothing of themselves")
    func redaction() throws {
        let credentials = try S3Credentials(
            accessKeyID: "AK-open", secretAccessKey: "SK-hidden", sessionToken: "ST-hidden")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("hidden") && !text.contains("AK-open"))
        }
        #expect(throws: MediaError.self) {
            try S3Credentials(accessKeyID: "A", secretAccessKey: "x\n")
        }
    }
}
