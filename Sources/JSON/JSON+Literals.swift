// Lets a JSON value be written as a Swift literal.

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral,
    ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }

    package init(booleanLiteral value: Bool) { self = .bool(value) }

    package init(stringLiteral value: String) { self = .string(value) }

    /// `Int128`, so that both `-1` and 2^64 - 1 can be written.
    package init(integerLiteral value: Int128) { self = .number(JSONNumber(value)) }

    package init(floatLiteral value: Double) { self.init(value) }

    package init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// As with `JSONObject`, the last of equal keys wins.
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements))
    }
}

extension JSONNumber: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int128) { self.init(value) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
