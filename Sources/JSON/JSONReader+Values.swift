// Reads single values: true, false, null, numbers, whole trees; and passes over values.

extension JSONReader {
    package mutating func bool() throws(JSONError) -> Bool {
        try expect(.bool)
        let isTrue = bytes[position] == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false")
        return isTrue
    }

    package mutating func null() throws(JSONError) {
        try expect(.null)
        try word("null")
    }

    /// Passes a null if one comes next, and says whether it did.
    package mutating func nullIfPresent() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try word("null")
        return true
    }

    /// A number with its exact text.
    package mutating func number() throws(JSONError) -> JSONNumber {
        let range = try numberRange()
        return JSONNumber(unchecked: text(range))
    }

    /// A whole number that fits; `1.0` and `1e2` are whole.
    package mutating func int64() throws(JSONError) -> Int64 {
        let number = try self.number()
        guard let value = number.int64 else { throw outOfRange(number, "a 64-bit integer") }
        return value
    }

    /// A whole number that fits; `1.0` and `1e2` are whole.
    package mutating func int() throws(JSONError) -> Int { Int(try int64()) }

    /// A whole number from 0 to 2^64 - 1.
    package mutating func uint64() throws(JSONError) -> UInt64 {
        let number = try self.number()
        guard let value = number.uint64 else { throw outOfRange(number, "0 to 2^64 - 1") }
        return value
    }

    /// The nearest `Double`.
    package mutating func double() throws(JSONError) -> Double {
        let number = try self.number()
        guard let value = number.double else { throw outOfRange(number, "a double") }
        return value
    }

    /// Any value as a tree. The last of equal keys wins.
    package mutating func value() throws(JSONError) -> JSON {
        switch try peek() {
        case .null:
            try null()
            return .null
        case .bool:
            return .bool(try bool())
        case .number:
            return .number(try number())
        case .string:
            return .string(try string())
        case .array:
            return .array(try elements())
        case .object:
            return .object(try members())
        }
    }

    /// Passes over one value of any kind, checking it fully.
    ///
    /// - Returns: where it stands in `bytes`, without white space around it.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        _ = try next()
        let start = position
        try skip(depth: depth)
        return start..<position
    }
}

extension JSONReader {
    private mutating func elements() throws(JSONError) -> [JSON] {
        var elements: [JSON] = []
        try beginArray()
        while try nextElement() { elements.append(try value()) }
        return elements
    }

    private mutating func members() throws(JSONError) -> JSONObject {
        var object = JSONObject()
        try beginObject()
        while let key = try nextKey() { object[key] = try value() }
        return object
    }

    private mutating func skip(depth: Int) throws(JSONError) {
        switch try peek() {
        case .null: try word("null")
        case .bool: _ = try bool()
        case .number: _ = try numberRange()
        case .string: _ = try stringRange()
        case .array: try skipArray(depth: depth + 1)
        case .object: try skipObject(depth: depth + 1)
        }
    }

    private mutating func skipArray(depth: Int) throws(JSONError) {
        try checkDepth(depth)
        position += 1
        var isFirst = true
        while try hasNext(isFirst: isFirst, closing: UInt8(ascii: "]"), expected: "',' or ']'") {
            isFirst = false
            try skip(depth: depth)
        }
    }

    private mutating func skipObject(depth: Int) throws(JSONError) {
        try checkDepth(depth)
        position += 1
        var isFirst = true
        while try hasNext(isFirst: isFirst, closing: UInt8(ascii: "}"), expected: "',' or '}'") {
            isFirst = false
            try expectQuote()
            _ = try stringRange()
            try expectColon()
            try skip(depth: depth)
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw .truncated(offset: position) }
            guard bytes[position] == word.utf8Start[index] else {
                throw .unexpected(
                    bytes[position], expected: "the word \(word)", offset: position)
            }
            position += 1
        }
    }

    private func outOfRange(_ number: JSONNumber, _ type: String) -> JSONError {
        .numberOutOfRange(type: type, offset: position - number.text.utf8.count)
    }
}

// MARK: The grammar of numbers

extension JSONReader {
    private mutating func numberRange() throws(JSONError) -> Range<Int> {
        try expect(.number)
        let start = position
        position = try Self.endOfNumber(in: bytes, from: start)
        return start..<position
    }

    /// Where the number that starts at an offset ends: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    static func endOfNumber(in bytes: [UInt8], from start: Int) throws(JSONError) -> Int {
        var end = start
        func byte() -> UInt8? { end < bytes.count ? bytes[end] : nil }
        func digits() throws(JSONError) {
            let first = end
            while end < bytes.count, bytes[end] &- UInt8(ascii: "0") <= 9 { end += 1 }
            if end == first {
                throw end == bytes.count ? .truncated(offset: end) : .invalidNumber(offset: end)
            }
        }
        if byte() == UInt8(ascii: "-") { end += 1 }
        let isZero = byte() == UInt8(ascii: "0")
        let firstDigit = end
        try digits()
        if isZero, end > firstDigit + 1 { throw .invalidNumber(offset: firstDigit) }
        if byte() == UInt8(ascii: ".") {
            end += 1
            try digits()
        }
        if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
            end += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { end += 1 }
            try digits()
        }
        return end
    }
}
