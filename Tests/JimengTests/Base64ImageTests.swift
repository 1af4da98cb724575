// Pictures in base64: what is cleaned, what is refused.

import Foundation
import Testing

@testable import Jimeng

@Suite("Images in base64")
struct Base64ImageTests {
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]
    static let rule = Model.ImageRule.still(1...1)

    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func fault(_ text: String, _ rule: Model.ImageRule? = rule) -> Base64Image.Fault? {
        do {
            _ = try Base64Image(text, rule: rule)
            return nil
        } catch { return error }
    }

    @Test("a data prefix, line breaks and spaces are taken out")
    func cleans() throws {
        let plain = Self.encode(Self.jpeg + Array(repeating: 7, count: 100))
        let broken = plain.enumerated().map { $0 % 19 == 18 ? "\($1)\r\n" : "\($1)" }.joined()
        for text in [plain, broken, "data:image/jpeg;base64,\(plain)", "DATA:x;base64,\(broken) "] {
            #expect(try Base64Image(text, rule: Self.rule).text == plain)
        }
    }

    @Test("kinds of pictures are told by their first bytes")
    func kinds() {
        #expect(Self.fault(Self.encode(Self.png)) == nil)
        #expect(Self.fault(Self.encode(Self.jpeg)) == nil)
        let webp = Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBP".utf8)
        #expect(Self.fault(Self.encode(webp)) == .wrongFormat(.webp))
        #expect(Self.fault(Self.encode(webp), nil) == nil)
        #expect(Self.fault(Self.encode(Array("GIF89a".utf8))) == .wrongFormat(.gif))
        #expect(Self.fault(Self.encode(Array("<html>".utf8))) == .wrongFormat(nil))
        #expect(Self.fault(Self.encode(Array("<html>".utf8)), nil) == .wrongFormat(nil))
    }

    @Test(
        "what is not padded base64 of the standard alphabet is refused",
        arguments: [
            "iVBORw0KGgoAAAAN=", "iVBORw0KGgo", "iVBORw0KGg-_", "iVBO=w0KGgo=", "====", "iV===",
            "图片", "iVBORw0KGg%3D",
        ])
    func notBase64(_ text: String) {
        #expect(Self.fault(text) == .notBase64)
    }

    @Test("nothing is nothing", arguments: ["", "  \n", "data:image/png;base64,"])
    func empty(_ text: String) {
        #expect(Self.fault(text) == .empty)
    }

    @Test("the bound is on the decoded bytes")
    func bound() {
        let rule = Model.ImageRule(count: 1...1, maximumBytes: 12, formats: [.png])
        #expect(Self.fault(Self.encode(Self.png), rule) == nil)
        #expect(Self.fault(Self.encode(Self.png + [1]), rule) == .tooLarge(bytes: 13))
    }

    @Test("the problem names the image and the bound, and shows little of the image")
    func problems() {
        var request = RequestCheckTests.good("jimeng_i2v_first_v30")
        request.imageURLs = []
        request.imagesBase64 = [String(repeating: "<", count: 5_000)]
        let problems = RequestCheckTests.problems(request)
        #expect(problems.map(\.field) == ["images_base64[0]"])
        #expect((problems.first?.description.utf8.count ?? 0) < 300)
        request.imageURLs = ["https://e.x/a"]
        #expect(RequestCheckTests.problems(request).first?.field == "images_base64")
    }
}
