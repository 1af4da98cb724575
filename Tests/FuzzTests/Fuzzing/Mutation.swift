// Damages an input in the ways in which transport, bugs and malice do.

import JimengSimulator

/// Makes children of inputs: bytes changed, cut, doubled, moved, words put in.
struct Mutation {
    let words: [[UInt8]]

    private static let largest = 1 << 20

    func child(
        of parent: [UInt8], and other: [UInt8], _ chance: inout SplitMix64
    ) -> [UInt8] {
        var child = parent
        for _ in 0...Int.random(in: 0..<4, using: &chance) { step(&child, other, &chance) }
        return child.count > Self.largest ? Array(child.prefix(Self.largest)) : child
    }

    private func step(_ bytes: inout [UInt8], _ other: [UInt8], _ chance: inout SplitMix64) {
        switch Int.random(in: 0..<13, using: &chance) {
        case 0...1: replaceByte(&bytes, &chance)
        case 2: flipBit(&bytes, &chance)
        case 3...5: insert(words.randomElement(using: &chance) ?? [], into: &bytes, &chance)
        case 6: overwrite(&bytes, with: words.randomElement(using: &chance) ?? [], &chance)
        case 7: bytes.removeSubrange(range(in: bytes, &chance))
        case 8: insert(Array(bytes[range(in: bytes, &chance)]), into: &bytes, &chance)
        case 9: insert(Array(other[range(in: other, &chance)]), into: &bytes, &chance)
        case 10: bytes = Array(bytes[..<place(in: bytes, &chance)])
        case 11: changeDigit(&bytes, &chance)
        default: multiply(&bytes, &chance)
        }
    }

    private func place(in bytes: [UInt8], _ chance: inout SplitMix64) -> Int {
        Int.random(in: 0...bytes.count, using: &chance)
    }

    /// Mostly short.
    private func range(in bytes: [UInt8], _ chance: inout SplitMix64) -> Range<Int> {
        let start = place(in: bytes, &chance)
        let most = chance.chance(0.2) ? bytes.count - start : min(16, bytes.count - start)
        return start..<start + Int.random(in: 0...most, using: &chance)
    }

    private func insert(
        _ piece: [UInt8], into bytes: inout [UInt8], _ chance: inout SplitMix64
    ) {
        let place = place(in: bytes, &chance)
        bytes.insert(contentsOf: piece, at: place)
    }

    private func overwrite(
        _ bytes: inout [UInt8], with piece: [UInt8], _ chance: inout SplitMix64
    ) {
        let range = range(in: bytes, &chance)
        bytes.replaceSubrange(range, with: piece)
    }

    private func replaceByte(_ bytes: inout [UInt8], _ chance: inout SplitMix64) {
        guard let index = bytes.indices.randomElement(using: &chance) else { return }
        let special: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, 0xFE, 0xC0, 0xED, 0x22, 0x5C, 0x7B, 0x7D]
        bytes[index] =
            chance.chance(0.5)
            ? special.randomElement(using: &chance) ?? 0
            : UInt8.random(in: 0...255, using: &chance)
    }

    private func flipBit(_ bytes: inout [UInt8], _ chance: inout SplitMix64) {
        guard let index = bytes.indices.randomElement(using: &chance) else { return }
        bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
    }

    private func changeDigit(_ bytes: inout [UInt8], _ chance: inout SplitMix64) {
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        guard let index = digits.randomElement(using: &chance) else { return }
        bytes[index] = UInt8.random(in: 0x30...0x39, using: &chance)
        if chance.chance(0.3) {
            let digit = bytes[index]
            let count = [1, 3, 10, 20, 310].randomElement(using: &chance) ?? 1
            bytes.insert(contentsOf: repeatElement(digit, count: count), at: index)
        }
    }

    /// A piece many times over: deep nesting, long strings, many members.
    private func multiply(_ bytes: inout [UInt8], _ chance: inout SplitMix64) {
        let range = range(in: bytes, &chance)
        let piece = Array(bytes[range].prefix(64))
        let most = chance.chance(0.02) ? 1 << 19 : 2048
        guard !piece.isEmpty else { return }
        let count = Int.random(in: 1...max(1, most / piece.count), using: &chance)
        bytes.insert(
            contentsOf: (0..<count).flatMap { _ in piece }, at: range.lowerBound)
    }
}
