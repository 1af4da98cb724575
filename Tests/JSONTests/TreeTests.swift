// The tree: numbers, objects, literals, accessors.

import JSON
import Testing

@Suite("The JSON tree")
struct TreeTests {
    @Test(
        "numbers keep their text and give exact integers",
        arguments: [
            ("18446744073709551615", nil, UInt64.max),
            ("9223372036854775807", Int64.max, UInt64(Int64.max)),
            ("-9223372036854775808", Int64.min, nil),
            ("-9223372036854775809", nil, nil),
            ("18446744073709551616", nil, nil),
            ("1.0", 1, 1),
            ("1e2", 100, 100),
            ("1.5e1", 15, 15),
            ("-2.50E+1", -25, nil),
            ("1200e-2", 12, 12),
            ("-9223372036854775.808e3", Int64.min, nil),
            ("1844674407370955161.5e1", nil, UInt64.max),
            ("-0", 0, 0),
            ("-0.0e99999999999999999999", 0, 0),
            ("0.5", nil, nil),
            ("1e99999999999999999999", nil, nil),
            ("1e-99999999999999999999", nil, nil),
        ] as [(String, Int64?, UInt64?)])
    func exactIntegers(text: String, int64: Int64?, uint64: UInt64?) throws {
        let number = try #require(try JSON(parsing: text.utf8).number)
        #expect(number.text == text)
        #expect(number.int64 == int64)
        #expect(number.uint64 == uint64)
        #expect(JSONNumber(text: text) == number)
    }

    @Test("a task id of twenty digits survives")
    func longTaskID() throws {
        let value = try JSON(parsing: Array("98765432109876543210".utf8))
        #expect(value.number?.text == "98765432109876543210")
        #expect(value.int64 == nil && value.uint64 == nil)
        #expect(value.description == "98765432109876543210")
    }

    @Test("a number beyond a double has no double, a tiny one is the nearest")
    func doubles() {
        #expect(JSONNumber(text: "1e400")?.double == nil)
        #expect(JSONNumber(text: "-1e-400")?.double == 0)
        #expect(JSONNumber(text: "0.1")?.double == 0.1)
        #expect(JSONNumber(Double.nan) == nil && JSON(-.infinity) == .null)
    }

    @Test(
        "text that is not one number makes no number",
        arguments: ["", "01", "1.", ".5", "+1", "1e", "0x1", " 1", "1 ", "NaN", "-", "--1", "١"])
    func notNumbers(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test("literals build the tree")
    func literals() throws {
        let value: JSON = [
            "seed": 18_446_744_073_709_551_615, "scale": -0.5, "on": true, "none": nil,
            "list": [1, "two"], "text": "a\(1)",
        ]
        let text =
            #"{"seed":18446744073709551615,"scale":-0.5,"on":true,"none":null,"list":[1,"two"],"text":"a1"}"#
        #expect(value.description == text)
        #expect(try JSON(parsing: text.utf8) == value)
    }

    @Test("accessors give nil for the wrong kind")
    func accessors() {
        let value: JSON = ["a": [1, false], "s": "x"]
        #expect(value["a"]?[0]?.int == 1)
        #expect(value["a"]?[1]?.bool == false)
        #expect(value["a"]?[2] == nil && value["a"]?[-1] == nil)
        #expect(value["s"]?.string == "x" && value["s"]?.int == nil && value["b"] == nil)
        #expect(value["s"]?["x"] == nil && value.array == nil)
        #expect(JSON.null.isNull && !value.isNull)
        #expect(value.kind.description == "an object")
    }
}

@Suite("JSON objects")
struct ObjectTests {
    @Test("members keep their place when replaced and leave when set to nil")
    func editing() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = "two"
        object["d"] = 4
        object["a"] = nil
        #expect(object.keys == ["b", "c", "d"])
        #expect(object["a"] == nil && object["d"] == 4)
        #expect(object.map(\.key) == ["b", "c", "d"] && object.count == 3)
        #expect(JSON(object).description == #"{"b":"two","c":3,"d":4}"#)
    }

    @Test("a large object behaves like a small one")
    func large() {
        var object = JSONObject((0..<1000).map { ("k\($0)", JSON($0)) })
        for number in stride(from: 0, to: 1000, by: 50) { object["k\(number)"] = nil }
        object["k7"] = "seven"
        #expect(object.count == 980)
        #expect(object["k50"] == nil && object["k51"] == 51 && object["k999"] == 999)
        #expect(object["k7"] == "seven")
        #expect(object.keys[0] == "k1")
    }

    @Test("the order of members does not count for equality, their values do")
    func equality() {
        let one: JSONObject = ["a": 1, "b": [2]]
        let two: JSONObject = ["b": [2], "a": 1]
        #expect(one == two && one.hashValue == two.hashValue)
        #expect(one != ["a": 1, "b": [3]] && one != ["a": 1] && one != ["a": 1, "c": [2]])
    }

    @Test("keys that only normalisation makes equal are two keys")
    func normalisation() throws {
        let value = try JSON(parsing: #"{"\u00e9":1,"e\u0301":2,"\u212b":3,"A\u030a":4}"#.utf8)
        #expect(value.object?.count == 4)
        #expect(value["e\u{301}"] == 2 && value["\u{212B}"] == 3)
    }
}
