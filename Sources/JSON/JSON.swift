// A JSON value as a tree that loses nothing: numbers keep their text and objects keep their order.

/// Any JSON value (RFC 8259).
///
/// Strings compare as Swift strings do; numbers compare by their text (`1` and `1.0` differ); objects
/// compare without regard to the order of their members.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    package init(_ value: Bool) { self = .bool(value) }
    package init(_ value: String) { self = .string(value) }
    package init(_ value: some BinaryInteger) { self = .number(JSONNumber(value)) }
    package init(_ value: JSONNumber) { self = .number(value) }
    package init(_ value: JSONObject) { self = .object(value) }
    package init(_ value: [JSON]) { self = .array(value) }

    /// A number, or `null` when the value is not finite (JSON has no word for it).
    package init(_ value: Double) { self = JSONNumber(value).map(JSON.number) ?? .null }
}

extension JSON {
    /// What kind of value this is.
    package var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    package var isNull: Bool { self == .null }

    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    package var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }

    package var string: String? { if case .string(let value) = self { value } else { nil } }

    package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }

    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The number as an `Int` if it is whole and fits; `1.0` and `1e2` are whole.
    package var int: Int? { number?.int64.flatMap(Int.init(exactly:)) }

    package var int64: Int64? { number?.int64 }

    package var uint64: UInt64? { number?.uint64 }

    package var double: Double? { number?.double }

    /// The member of an object; `nil` when there is none or this is no object.
    package subscript(key: String) -> JSON? { object?[key] }

    /// The element of an array; `nil` when there is none or this is no array.
    package subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}

/// The six kinds of JSON values; describes itself with an article, for messages.
package enum JSONKind: Sendable, Hashable, CustomStringConvertible {
    case null, bool, number, string, array, object

    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
