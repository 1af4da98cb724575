// The simulator's desk, its videos and its images.

import JimengSimulator
import Testing

@Suite("Desk and files")
struct DeskAndFileTests {
    private func text(_ answer: SimulatedAnswer) -> String {
        String(decoding: answer.body, as: UTF8.self)
    }

    @Test("health, help, tasks and unknown places")
    func desk() {
        var talk = Conversation()
        #expect(talk.get("/_sim/health") == "200")
        #expect(text(talk.lastAnswer) == #"{"status":"ok"}"#)
        #expect(talk.get("/_sim/help") == "200")
        #expect(text(talk.lastAnswer) == SimulatedProvider.markersHelp + "\n")
        #expect(talk.submit("[sim:fail=50516]") == "200 accepted")
        #expect(talk.get("/_sim/tasks") == "200")
        #expect(text(talk.lastAnswer).contains(#""task_id" : "\#(talk.tasks[0])""#))
        #expect(text(talk.lastAnswer).contains(#""will_fail_with" : 50516"#))
        #expect(talk.get("/_sim/nothing") == "404")
        #expect(talk.get("/nothing") == "404")
    }

    @Test("the dial is read and set; a faulty one changes nothing")
    func dial() throws {
        var talk = Conversation()
        func put(_ json: String) -> SimulatedRequest {
            SimulatedRequest(method: "PUT", target: "/_sim/dial", body: Array(json.utf8))
        }
        #expect(talk.tell(put(#"{"submit_refusals":{"50429":1}}"#)) == "200")
        #expect(talk.submit() == "429 50429")
        #expect(talk.get("/_sim/dial") == "200")
        #expect(try FaultDial(json: talk.lastAnswer.body) == talk.provider.dial)
        #expect(talk.tell(put(#"{"oops":1}"#)) == "400")
        #expect(text(talk.lastAnswer).contains("unknown field oops"))
        #expect(talk.submit() == "429 50429")
        #expect(talk.tell(put("{}")) == "200")
        #expect(talk.submit() == "200 accepted")
    }

    @Test("ranges: one part, a suffix, the rest, none, and those that are ignored")
    func ranges() {
        var talk = Conversation()
        let whole = SampleImage.all[0].bytes
        let count = whole.count
        func get(_ range: String) -> (String, [UInt8], String?) {
            let words = talk.get(
                "/images/\(SampleImage.all[0].name)", [HeaderField("Range", range)])
            let answer = talk.lastAnswer
            return (words, answer.body, answer.headers.first("Content-Range"))
        }
        #expect(get("bytes=0-9") == ("206", Array(whole[0...9]), "bytes 0-9/\(count)"))
        #expect(get("bytes=10-") == ("206", Array(whole[10...]), "bytes 10-\(count - 1)/\(count)"))
        #expect(
            get("bytes=-5") == (
                "206", Array(whole.suffix(5)), "bytes \(count - 5)-\(count - 1)/\(count)"
            ))
        #expect(get("bytes=0-99999") == ("206", whole, "bytes 0-\(count - 1)/\(count)"))
        #expect(get("bytes=\(count)-") == ("416 empty", [], "bytes */\(count)"))
        #expect(get("bytes=-0") == ("416 empty", [], "bytes */\(count)"))
        for ignored in ["bytes=0-1,4-5", "lines=0-1", "bytes=5-2", "bytes=x-2", "bytes=-"] {
            #expect(get(ignored) == ("200", whole, nil), "\(ignored)")
        }
        #expect(
            talk.get(
                "/images/\(SampleImage.all[0].name)?norange=1", [HeaderField("Range", "bytes=0-9")])
                == "200")
        #expect(talk.lastAnswer.body == whole)
        #expect(talk.lastAnswer.headers.first("Accept-Ranges") == nil)
    }

    @Test("files are only read")
    func methods() {
        var talk = Conversation()
        for place in ["/images/png-1x1.png", "/videos/1.mp4"] {
            #expect(talk.tell(SimulatedRequest(method: "DELETE", target: place)) == "405")
        }
        #expect(talk.get("/images/none.png") == "404")
        #expect(talk.get("/videos/none.mp4") == "404")
    }

    @Test("test images are what they say", arguments: SampleImage.all)
    func images(_ image: SampleImage) throws {
        var talk = Conversation()
        #expect(talk.get("/images/\(image.name)") == "200")
        #expect(talk.lastAnswer.body == image.bytes)
        #expect(talk.lastAnswer.headers.first("Content-Type") == image.mediaType)
        let bytes = image.bytes
        func big(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
        switch image.mediaType {
        case "image/png":
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            #expect((big(18), big(22)) == (image.width, image.height))
        case "image/webp":
            #expect(bytes.starts(with: "RIFF".utf8) && bytes[8...].starts(with: "WEBPVP8".utf8))
        default:
            // SOF2 marks a progressive JPEG, SOF0 a baseline one; height and width follow.
            let marker: UInt8 = image.name.hasPrefix("progressive") ? 0xC2 : 0xC0
            let frame = try #require(
                bytes.indices.dropLast(9).first { bytes[$0] == 0xFF && bytes[$0 + 1] == marker })
            #expect((big(frame + 7), big(frame + 5)) == (image.width, image.height))
        }
    }

    @Test("the video is an MP4: its boxes cover the file, and H.264 is in it")
    func video() {
        let bytes = SampleVideo.bytes
        var (offset, boxes): (Int, [String]) = (0, [])
        while offset + 8 <= bytes.count {
            let size = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            boxes.append(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
            offset += max(size, 8)
        }
        #expect(offset == bytes.count)
        #expect(boxes == ["ftyp", "moov", "free", "mdat"])
        #expect(bytes.firstRange(of: Array("avc1".utf8)) != nil)
    }
}
