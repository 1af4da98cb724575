// Properties over generated documents: round trips, agreement of the readers, and with Foundation.

import Foundation
import JSON
import Testing

@Suite("JSON properties")
struct PropertyTests {
    @Test("what is written reads back as the same tree, compact and pretty", arguments: 0..<300)
    func roundTrip(seed: UInt64) throws {
        var chance = SplitMix(seed: seed)
        let value = JSON.random(depth: 5, using: &chance)
        let compact = value.serialized()
        #expect(try JSON(parsing: compact) == value)
        #expect(try JSON(parsing: compact).serialized() == compact)
        #expect(try JSON(parsing: value.prettyPrinted().utf8).serialized() == compact)
    }

    @Test("the tree and skipping agree on damaged documents, and nothing traps", arguments: 0..<300)
    func damaged(seed: UInt64) {
        var chance = SplitMix(seed: seed)
        var bytes = JSON.random(depth: 4, using: &chance).serialized()
        for _ in 0...Int.random(in: 0..<3, using: &chance) {
            let index = Int.random(in: 0..<bytes.count, using: &chance)
            let special = Array(#"{}[],:"\u0e-.tfn"#.utf8) + [0, 0x80, 0xE2, 0xF0, 0xFF]
            bytes[index] = special.randomElement(using: &chance) ?? 0
        }
        let tree = Result { () throws(JSONError) in try JSON(parsing: bytes) }
        let skipped = Result { () throws(JSONError) in
            var reader = JSONReader(bytes)
            let range = try reader.skipValue()
            try reader.finish()
            return range
        }
        switch (tree, skipped) {
        case (.success, .success(let range)): #expect(range == 0..<bytes.count)
        case (.failure(let one), .failure(let other)): #expect(one == other)
        case (.success, .failure), (.failure, .success): Issue.record("\(tree) but \(skipped)")
        }
        let foundation = try? JSONSerialization.jsonObject(
            with: Data(bytes), options: .fragmentsAllowed)
        // Foundation refuses numbers that no double can hold; the text is JSON all the same.
        if case .success(let value) = tree, value.hasOnlyDoubles { #expect(foundation != nil) }
    }

    @Test("Foundation reads the same document", arguments: 0..<200)
    func differential(seed: UInt64) throws {
        var chance = SplitMix(seed: seed &+ 10_000)
        let value = JSON.array([JSON.random(depth: 5, using: &chance)])
        let object = try JSONSerialization.jsonObject(with: Data(value.serialized()))
        let isRead = matches(value, object)
        #expect(isRead)
        let theirs = try JSONSerialization.data(withJSONObject: object)
        let isReadBack = matches(try JSON(parsing: theirs), object)
        #expect(isReadBack)
    }

    private func matches(_ value: JSON, _ object: Any) -> Bool {
        switch value {
        case .null: object is NSNull
        case .bool(let value): (object as? Bool) == value
        case .number(let number):
            (object as? NSNumber).flatMap { theirs in
                // Foundation reads 17 digits as a decimal and then converts some units wrong.
                number.double.map { abs($0 - theirs.doubleValue) <= 16 * $0.ulp }
            } ?? false
        case .string(let text): (object as? String) == text
        case .array(let elements):
            (object as? [Any]).map {
                $0.count == elements.count && zip(elements, $0).allSatisfy(matches)
            } ?? false
        case .object(let members):
            (object as? [String: Any]).map { theirs in
                theirs.count == members.count
                    && members.allSatisfy { key, value in
                        theirs[key].map { matches(value, $0) } ?? false
                    }
            } ?? false
        }
    }
}

/// A small generator whose sequence depends on the seed alone.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSON {
    var hasOnlyDoubles: Bool {
        switch self {
        case .null, .bool, .string: true
        case .number(let number): number.double != nil
        case .array(let elements): elements.allSatisfy(\.hasOnlyDoubles)
        case .object(let object): object.members.allSatisfy(\.value.hasOnlyDoubles)
        }
    }

    static func random(depth: Int, using chance: inout SplitMix) -> JSON {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 8), using: &chance) {
        case 0: return .null
        case 1: return JSON(Bool.random(using: &chance))
        case 2: return JSON(Int64(truncatingIfNeeded: chance.next()) >> (chance.next() % 64))
        case 3: return JSON(Double(Int32(truncatingIfNeeded: chance.next())) / 1024)
        case 4: return .string(text(using: &chance))
        case 5:
            let count = Int.random(in: 0..<6, using: &chance)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &chance) })
        default:
            let count = Int.random(in: 0..<24, using: &chance)
            return .object(
                JSONObject(
                    (0..<count).map { number in
                        (
                            "\(number)\(text(using: &chance))",
                            random(depth: depth - 1, using: &chance)
                        )
                    }))
        }
    }

    private static func text(using chance: inout SplitMix) -> String {
        let scalars: [UnicodeScalar] = [
            "a", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "中", "😀", "\u{2028}", " ",
            "\u{FFFD}",
        ]
        let count = Int.random(in: 0..<12, using: &chance)
        var text = ""
        for _ in 0..<count {
            text.unicodeScalars.append(scalars.randomElement(using: &chance) ?? "x")
        }
        return text
    }
}
