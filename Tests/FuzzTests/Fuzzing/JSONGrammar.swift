// Objects of a known shape with unexpected contents, as JSON text.

import JimengSimulator

/// Makes objects out of the members that a reader knows, each with good values to choose from.
struct JSONGrammar: Sendable {
    /// Names and values, the values as JSON text.
    let members: [(name: String, values: [String])]
    /// How often a value is one that does not belong there.
    var nastiness = 0.2

    func object(_ chance: inout SplitMix64) -> String {
        var parts: [String] = []
        let density = chance.unit()
        for member in members where chance.chance(density) {
            parts.append(self.member(member.name, member.values, &chance))
            // Twice the same key, now and then.
            if chance.chance(0.03) {
                parts.append(self.member(member.name, member.values, &chance))
            }
        }
        if chance.chance(0.15) {
            let name = Nasty.values.randomElement(using: &chance) ?? "\"x\""
            parts.append((name.hasPrefix("\"") ? name : "\"other\"") + ":" + nasty(&chance))
        }
        parts.shuffle(using: &chance)
        let space =
            chance.chance(0.1) ? [" ", "\n", "\t \r\n"].randomElement(using: &chance) ?? "" : ""
        return space + "{" + space + parts.joined(separator: "," + space) + space + "}" + space
    }

    private func member(
        _ name: String, _ values: [String], _ chance: inout SplitMix64
    ) -> String {
        let value =
            chance.chance(nastiness) ? nasty(&chance) : values.randomElement(using: &chance) ?? "1"
        return "\"\(name)\":\(value)"
    }

    private func nasty(_ chance: inout SplitMix64) -> String {
        if chance.chance(0.01) {
            // A long string; rarely as long as a whole record.
            let count =
                [5001, 16_384, 200_000, 600_000, 900_000].randomElement(using: &chance) ?? 1
            return "\"" + String(repeating: "y", count: count) + "\""
        }
        return Nasty.values.randomElement(using: &chance) ?? "null"
    }
}

extension SplitMix64 {
    /// Random bytes for targets that read choices.
    mutating func bytes(upTo most: Int) -> [UInt8] {
        let count = Int.random(in: 0...most, using: &self)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
