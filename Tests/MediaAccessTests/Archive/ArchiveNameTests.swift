// Where copies go and what they are called, whatever a job's id contains.

import MediaAccess
import Testing

@Suite("Names in the archive")
struct ArchiveNameTests {
    private func label(_ id: String, tenant: String = "") -> ArchiveLabel {
        ArchiveLabel(
            id: id, taskID: "7392616336519610409", model: "jimeng_t2v_v30", account: "main",
            tenant: tenant, submittedAt: 1_764_041_400)
    }

    private func key(_ id: String, _ template: String = "{id}/{task_id}.{ext}", index: Int = 0)
        throws -> String
    {
        try ArchiveKeyTemplate(template).key(label(id), index: index, fileExtension: "mp4")
    }

    @Test("the standard name has the day of the submit, the id and the task")
    func standard() throws {
        #expect(
            try key("cat-1", ArchiveKeyTemplate.standard)
                == "2025-11-25/cat-1/7392616336519610409.mp4")
    }

    @Test("the second product of a task has a name of its own")
    func several() throws {
        #expect(try key("a", index: 1) == "a/7392616336519610409-2.mp4")
    }

    @Test(
        "an id cannot leave its folder",
        arguments: [
            "..", ".", "../../etc/passwd", "/etc/passwd", "a/../../b", "..\u{0}", "%2e%2e%2f", "",
            "\\..\\", "a/b", ".hidden", "é", "e\u{301}", " ", "~", "😀", "a@b",
        ])
    func traversal(id: String) throws {
        let parts = try key(id).split(separator: "/", omittingEmptySubsequences: false)
        #expect(parts.count == 2)
        #expect(!parts[0].isEmpty && !parts[0].hasPrefix("."))
        #expect(
            parts[0].utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                    || (0x61...0x7A).contains($0) || "-_.~".utf8.contains($0)
            })
    }

    @Test("different ids have different names, also long ones")
    func distinct() throws {
        let long = String(repeating: "x", count: 400)
        let ids = [
            "a/b", "a~2fb", "a_b", "a", "~", "", "~7e", "é", "e\u{301}", ".a", "~2ea", long,
            long + "y", String(long.dropLast()),
        ]
        let keys = try ids.map { try key($0) }
        #expect(Set(keys).count == ids.count)
        #expect(keys.allSatisfy { $0.utf8.count <= 160 })
    }

    @Test(
        "a template that cannot be is refused with the reason",
        arguments: [
            ("{id}.{ext}", "{task_id}"), ("{task_id", "{ without }"),
            ("{task_id}/{name}", "{name}"),
            ("/{task_id}", "slash"), ("{task_id}/", "slash"), ("a//{task_id}", "empty part"),
            ("../{task_id}", "`..`"), ("a b/{task_id}", "letters, digits"),
            ("{task_id}}", "letters, digits"),
        ])
    func wrongTemplate(text: String, word: String) throws {
        #expect {
            try ArchiveKeyTemplate(text)
        } throws: { "\($0)".contains(word) }
    }

    @Test("targets are read")
    func targets() throws {
        #expect(try ArchiveTarget("file:///var/videos/") == .directory("/var/videos"))
        #expect(try ArchiveTarget("file:///a%20b") == .directory("/a b"))
        #expect(try ArchiveTarget("file://localhost/v") == .directory("/v"))
        #expect(try ArchiveTarget("s3://videos") == .bucket("videos", prefix: ""))
        #expect(try ArchiveTarget("s3://videos/a//b/") == .bucket("videos", prefix: "a/b"))
    }

    @Test(
        "a target that cannot be is refused",
        arguments: [
            "/var/videos", "http://x/y", "file://videos", "file://host/videos", "s3://",
            "s3://UP/x",
            "s3://ab", "s3://bu..cket", "s3://bucket/../x", "s3://bucket/a b", "file:///%zz", "",
        ])
    func wrongTarget(text: String) {
        #expect(throws: MediaError.self) { try ArchiveTarget(text) }
    }

    @Test(
        "the first bytes say what a product is, then the server",
        arguments: [
            ([0, 0, 0, 0x20] + Array("ftypisom".utf8), "text/plain", "video/mp4", "mp4"),
            ([0, 0, 0, 0x14] + Array("ftypqt  ".utf8), "video/mp4", "video/quicktime", "mov"),
            ([0x89, 0x50, 0x4E, 0x47, 0xD, 0xA, 0x1A, 0xA], nil, "image/png", "png"),
            (Array("RIFF0000WEBPVP8 ".utf8), "image/jpeg", "image/webp", "webp"),
            ([1, 2, 3], "video/mp4; codecs=x", "video/mp4", "mp4"),
            ([1, 2, 3], "text/html", "application/octet-stream", "bin"),
        ] as [([UInt8], String?, String, String)])
    func kinds(bytes: [UInt8], header: String?, type: String, ending: String) {
        let kind = MediaKind(beginning: bytes, contentType: header)
        #expect(kind.contentType == type && kind.fileExtension == ending)
    }
}
