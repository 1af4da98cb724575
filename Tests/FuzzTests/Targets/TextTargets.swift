// Small texts: trace headers, times, ratios; each against a slow reading of its grammar.

import Foundation
import Jimeng
import JimengSimulator
import JobEngine
import Kafka
import MediaAccess
import WorkerRuntime

// MARK: Trace headers

extension FuzzTarget {
    static let trace = FuzzTarget(
        name: "trace", seeds: Nasty.bytes(TraceCheck.seeds),
        words: Nasty.words + Nasty.bytes(TraceCheck.words),
        make: { chance in
            let seed = TraceCheck.seeds.randomElement(using: &chance) ?? ""
            return Array(
                seed.utf8.map {
                    chance.chance(0.02) ? UInt8(truncatingIfNeeded: chance.next()) : $0
                })
        },
        check: { bytes throws(Broken) in try TraceCheck.check(bytes) })
}

private enum TraceCheck {
    static let words = [
        "00-", "-01", "ff-", String(repeating: "0", count: 32), "F", "rojo=1,congo=2", "\u{1}",
    ]
    static let seeds = [
        "\u{1}00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\u{1}rojo=00f067aa0ba902b7",
        "\u{1}ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "\u{1}00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "\u{1}00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01\u{1}a=1",
        "\u{2}00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\u{1}\(String(repeating: "s", count: 512))",
        "\u{3}00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\u{1}\(String(repeating: "s", count: 513))",
    ]

    /// The first byte chooses the shape; the rest is parent and state with a byte 1 between.
    static func check(_ bytes: [UInt8]) throws(Broken) -> String {
        let parts = bytes.dropFirst().split(
            separator: 1, maxSplits: 1, omittingEmptySubsequences: false)
        let parent = parts.first.map(Array.init) ?? []
        let state = parts.count > 1 ? Array(parts[1]) : nil
        var headers = [Header("traceparent", parent)]
        if let state { headers.append(Header("tracestate", state)) }
        switch (bytes.first ?? 0) % 4 {
        case 1: headers.insert(Header("other", nil), at: 0)
        case 2: headers.append(Header("traceparent", nil))
        case 3: headers.reverse()
        default: break
        }
        let kept = TraceHeaders.wellFormed(in: headers)
        guard isParent(parent) else {
            try hold(kept.isEmpty, "malformed-parent-kept")
            return "no parent"
        }
        try hold(kept.first == Request.Header(name: "traceparent", value: parent), "parent-lost")
        let isGood =
            state.map {
                (1...512).contains($0.count) && $0.allSatisfy { (0x20...0x7E).contains($0) }
            } ?? false
        try hold(kept.count == (isGood ? 2 : 1), "state-kept-or-lost-wrongly")
        if isGood { try hold(kept[1].value == state, "state-changed") }
        return "parent \(isGood)"
    }

    /// W3C Trace Context, section 3.2.2: version ff and ids of noughts are invalid.
    private static func isParent(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 55 else { return false }
        for (index, byte) in bytes.enumerated() {
            let isDash = [2, 35, 52].contains(index)
            let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            if isDash ? byte != 0x2D : !isHex { return false }
        }
        return !bytes.starts(with: "ff".utf8) && bytes[3..<35].contains { $0 != 0x30 }
            && bytes[36..<52].contains { $0 != 0x30 }
    }
}

// MARK: Times

extension FuzzTarget {
    static let timestamp = FuzzTarget(
        name: "timestamp", seeds: Nasty.bytes(TimeCheck.seeds),
        words: Nasty.words + Nasty.bytes(TimeCheck.words),
        make: { chance in TimeCheck.make(&chance) },
        check: { bytes throws(Broken) in try TimeCheck.check(bytes) })
}

private enum TimeCheck {
    static let words = [
        "T", "Z", "+23:59", "-00:00", ".999999999", "02-29", "t", "z", ":60", "٣", "\u{FF11}",
    ]
    static let seeds = [
        "2026-11-22T10:37:00Z", "2026-11-22T10:37:00.123456789+05:30",
        "0000-02-29T23:59:59.9-23:59",
        "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "9999-12-31T23:59:59.999Z",
        "1969-12-31T23:59:59.999Z",
        "Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 31 Feb 9999 23:59:60 GMT",
    ]

    static func make(_ chance: inout SplitMix64) -> [UInt8] {
        func number(_ most: Int, _ width: Int) -> String {
            let text = String(Int.random(in: 0...most, using: &chance))
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let zone =
            chance.chance(0.5)
            ? "Z" : (chance.chance(0.5) ? "+" : "-") + number(24, 2) + ":" + number(60, 2)
        let fraction = chance.chance(0.5) ? "" : "." + number(999_999, 1)
        return Array(
            (number(9999, 4) + "-" + number(13, 2) + "-" + number(32, 2) + "T" + number(24, 2) + ":"
                + number(60, 2)
                + ":" + number(60, 2) + fraction + zone).utf8)
    }

    static func check(_ bytes: [UInt8]) throws(Broken) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let read = Timestamp.instant(text)
        let expected = slow(Array(text.utf8))
        try hold(
            read?.milliseconds == expected, "time-differs",
            "\(text): \(read as Any), \(expected as Any)")
        // Any number is a time that can be written, and within the years of four digits it reads back.
        let number = Int64(bitPattern: Hash.of(bytes)) >> Int64(bytes.count % 40)
        let written = Timestamp.text(Instant(milliseconds: number))
        try hold(
            written.utf8.count == 24 && slow(Array(written.utf8)) != nil, "written-time-unreadable",
            written)
        if let read, (-62_167_219_200_000...253_402_300_799_999).contains(read.milliseconds) {
            try hold(Timestamp.instant(Timestamp.text(read)) == read, "time-changed", text)
        }
        let date = UTCTime(httpDate: text)
        if let date {
            try hold(
                (0...253_402_300_799).contains(date.secondsSince1970), "http-date-out-of-bounds")
        }
        return "\(read != nil) \(date != nil) \(text.utf8.count)"
    }

    /// Days before each year, by counting.
    private static let daysBefore: [Int64] = {
        var days: [Int64] = [0]
        for year in 0..<9999 { days.append(days[year] + (isLeap(year) ? 366 : 365)) }
        return days
    }()

    private static func isLeap(_ year: Int) -> Bool {
        year % 400 == 0 || year % 4 == 0 && year % 100 != 0
    }

    /// `2026-11-22T10:37:00[.1-9 digits](Z|±hh:mm)`, counted day by day.
    private static func slow(_ text: [UInt8]) -> Int64? {
        guard text.count >= 20 else { return nil }
        let shape = "0000-00-00T00:00:00".utf8
        for (byte, wanted) in zip(text, shape) {
            if wanted == 0x30 ? !(0x30...0x39).contains(byte) : byte != wanted { return nil }
        }
        func number(_ range: Range<Int>) -> Int {
            text[range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var rest = text[19...]
        var milliseconds = 0
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            let three = Array(digits.prefix(3)) + Array("00".utf8)
            milliseconds = three.prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offset(Array(rest)) else { return nil }
        let days =
            daysBefore[year] + Int64(lengths.prefix(month - 1).reduce(0, +) + day - 1)
            - daysBefore[1970]
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second) - offset
        return seconds * 1000 + Int64(milliseconds)
    }

    private static func offset(_ text: [UInt8]) -> Int64? {
        if text == Array("Z".utf8) { return 0 }
        guard text.count == 6, text[0] == 0x2B || text[0] == 0x2D, text[3] == 0x3A else {
            return nil
        }
        let digits = [text[1], text[2], text[4], text[5]].map { Int64($0) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard hours < 24, minutes < 60 else { return nil }
        return (text[0] == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

// MARK: Ratios

extension FuzzTarget {
    static let aspectRatio = FuzzTarget(
        name: "aspect-ratio",
        seeds: Nasty.bytes([
            "16:9", "1:1", "10000:1", "10001:1", "9999:9999", "0:1", "01:1", "+1:1", "1:1:1", ":",
            "１:1",
        ]),
        words: Nasty.words + Nasty.bytes(["1", "9", "0", ":", "10000"]),
        make: { chance in
            Array(
                "\(Int.random(in: 0...10_002, using: &chance)):\(Int.random(in: 0...10_002, using: &chance))"
                    .utf8)
        },
        check: { bytes throws(Broken) in
            let text = String(decoding: bytes, as: UTF8.self)
            let ours = MediaAccess.AspectRatio(text)
            let sides = sides(of: Array(text.utf8))
            try hold(ours.map { [$0.width, $0.height] } == sides, "ratio-differs", text)
            let theirs = Jimeng.AspectRatio(text)
            if let sides, sides.allSatisfy({ $0 <= 9999 }) {
                try hold(
                    theirs?.width == sides[0] && theirs?.height == sides[1], "ratio-unknown", text)
            }
            if let theirs {
                try hold(
                    theirs.width > 0 && theirs.height > 0 && theirs.quotient > 0, "ratio-of-nothing"
                )
            }
            let size = PixelSize(width: Int(Int32.max) - bytes.count, height: 1 + bytes.count)
            let nearest = size.flatMap {
                MediaAccess.AspectRatio.nearest(to: $0, among: [ours].compactMap { $0 })
            }
            try hold(nearest == ours, "nearest-of-one")
            return "\(sides != nil) \(theirs != nil) \(text.utf8.count)"
        })

    /// Two numbers from 1 to 10,000 in decimal digits without a leading nought.
    private static func sides(of text: [UInt8]) -> [Int]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        var sides: [Int] = []
        for part in parts {
            guard (1...5).contains(part.count), part.first != 0x30,
                part.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            sides.append(part.reduce(0) { $0 * 10 + Int($1) - 0x30 })
        }
        return sides.allSatisfy { $0 <= 10_000 } ? sides : nil
    }
}
