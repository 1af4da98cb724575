// One setting as a documented value: its name, default, bounds, meaning, and how it is read.

/// What people need to know about a setting; the README's table and `worker --check` are made of it.
package struct FieldInfo: Hashable, Sendable {
    /// The name in the environment; a YAML file has the same, nested at underscores as one likes.
    package let name: String
    /// The default as text; nil if there is none.
    package let standard: String?
    /// Unit and bounds in words.
    package let bounds: String
    package let meaning: String
    /// Never shown, and also taken from the file that `NAME_FILE` names.
    package let isSecret: Bool
}

/// Why a text is no value of a field; a clause such as `must be …`.
struct FieldFault: Error, Equatable {
    let text: String

    init(_ text: String) { self.text = text }
}

/// A setting of a type.
package struct Field<Value: Sendable>: Sendable {
    package let info: FieldInfo
    /// The default as a value.
    package let standard: Value?
    let parse: @Sendable (String) throws(FieldFault) -> Value

    init(
        _ name: String, standard: String? = nil, bounds: String, _ meaning: String,
        isSecret: Bool = false, parse: @escaping @Sendable (String) throws(FieldFault) -> Value
    ) {
        info = FieldInfo(
            name: name, standard: standard, bounds: bounds, meaning: meaning, isSecret: isSecret)
        do throws(FieldFault) {
            self.standard = try standard.map { text throws(FieldFault) in try parse(text) }
        } catch {
            preconditionFailure("the default of \(name) \(error.text)")
        }
        self.parse = parse
    }
}

extension Field {
    package var name: String { info.name }
}

// MARK: Kinds

extension Field where Value == Int {
    static func integer(
        _ name: String, _ range: ClosedRange<Int>, standard: String? = nil, _ meaning: String
    ) -> Self {
        Field(
            name, standard: standard, bounds: "\(range.lowerBound) to \(range.upperBound)", meaning
        ) {
            text throws(FieldFault) in
            guard let value = Int(text), range.contains(value) else {
                throw FieldFault(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }

    static func bytes(
        _ name: String, _ range: ClosedRange<Int>, standard: String, _ meaning: String
    ) -> Self {
        let bounds =
            "\(ByteCountText.text(range.lowerBound)) to \(ByteCountText.text(range.upperBound))"
        return Field(name, standard: standard, bounds: bounds, meaning) {
            text throws(FieldFault) in
            guard let value = ByteCountText.count(text), range.contains(value) else {
                throw FieldFault("must be a number of bytes such as 64MiB, from \(bounds)")
            }
            return value
        }
    }
}

extension Field where Value == Double {
    /// A number greater than nought.
    static func rate(_ name: String, upTo most: Double, standard: String, _ meaning: String) -> Self
    {
        Field(name, standard: standard, bounds: "above 0, up to \(Int(most)), per second", meaning)
        {
            text throws(FieldFault) in
            guard let value = Double(text), value > 0, value <= most else {
                throw FieldFault(
                    "must be a number of calls per second above 0, at most \(Int(most))")
            }
            return value
        }
    }
}

extension Field where Value == Duration {
    static func duration(
        _ name: String, _ range: ClosedRange<Duration>, standard: String, _ meaning: String
    ) -> Self {
        let bounds =
            "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        return Field(name, standard: standard, bounds: bounds, meaning) {
            text throws(FieldFault) in
            guard let value = DurationText.duration(text) else {
                throw FieldFault("must be a time with its unit, such as 250ms, 10s, 5m, 12h or 7d")
            }
            guard range.contains(value) else { throw FieldFault("must be from \(bounds)") }
            return value
        }
    }
}

extension Field where Value == Bool {
    static func flag(_ name: String, standard: String, _ meaning: String) -> Self {
        Field(name, standard: standard, bounds: "true or false", meaning) {
            text throws(FieldFault) in
            switch text.lowercased() {
            case "true", "yes", "1": return true
            case "false", "no", "0": return false
            default: throw FieldFault("must be true or false")
            }
        }
    }
}

extension Field where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func choice(_ name: String, standard: String? = nil, _ meaning: String) -> Self {
        let words = Value.allCases.map(\.rawValue)
        let all = words.joined(separator: ", ")
        return Field(name, standard: standard, bounds: all, meaning) { text throws(FieldFault) in
            guard let value = Value(rawValue: text.lowercased()) else {
                throw FieldFault(
                    "must be one of \(all)"
                        + NearestName.hint(for: text.lowercased(), among: words))
            }
            return value
        }
    }
}
