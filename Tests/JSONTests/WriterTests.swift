// The writer: commas, escapes, numbers, raw members, pretty printing.

import JSON
import Testing

@Suite("The JSON writer")
struct WriterTests {
    @Test("puts commas by itself and appends raw values verbatim")
    func commas() {
        var writer = JSONWriter(appendingTo: Array("> ".utf8))
        writer.beginObject()
        writer.key("a")
        writer.int(-1)
        writer.key("b")
        writer.beginArray()
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.bool(true)
        writer.bool(false)
        writer.null()
        writer.double(0.5)
        writer.double(.infinity)
        writer.int(UInt64.max)
        writer.number(1)
        writer.endArray()
        writer.key("raw")
        writer.raw(Array(#"{"x" : 1.0}"#.utf8))
        writer.key("v")
        writer.value(["s": "t"])
        writer.endObject()
        let wanted =
            #"> {"a":-1,"b":[{},[],true,false,null,0.5,null,18446744073709551615,1],"#
            + #""raw":{"x" : 1.0},"v":{"s":"t"}}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == wanted)
    }

    @Test("escapes what must be escaped and nothing else")
    func escapes() {
        let text = "\"\\/\u{8}\t\n\u{B}\u{C}\r\u{0}\u{1F}\u{7F}é\u{2028}😀"
        let wanted = #""\"\\/\b\t\n\u000b\f\r\u0000\u001f"# + "\u{7F}é\u{2028}😀\""
        #expect(JSON(text).description == wanted)
        #expect(JSON([JSON("\n"): 1].keys.first?.string ?? "").description == #""\n""#)
        #expect(JSON(["k\"": 1] as JSONObject).description == #"{"k\"":1}"#)
    }

    @Test(
        "doubles read back as the same value",
        arguments: [
            0.1, -0.0, .leastNonzeroMagnitude, 1.7976931348623157e308, 1e20, 123456789.125, 1e-7,
        ])
    func doubles(value: Double) throws {
        let read = try #require(try JSON(parsing: JSON(value).serialized()).double)
        #expect(read.bitPattern == value.bitPattern)
    }

    @Test("pretty printing indents by two and keeps empty containers on one line")
    func pretty() {
        let value: JSON = ["a": [1, ["b": nil]], "e": [], "o": [:], "s": "x"]
        let wanted = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "e": [],
              "o": {},
              "s": "x"
            }
            """
        #expect(value.prettyPrinted() == wanted)
        #expect(JSON.string("x").prettyPrinted() == #""x""#)
    }
}
