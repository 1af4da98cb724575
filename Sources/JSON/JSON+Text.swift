// From text to tree and back.

extension JSON {
    /// Reads exactly one JSON value (RFC 8259, strict) and nothing after it.
    ///
    /// When a key stands twice in an object, the last one wins.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 without a byte order mark.
    ///   - maximumDepth: how many arrays and objects may be inside each other, 1 to 1000.
    package init(
        parsing bytes: some Sequence<UInt8>, maximumDepth: Int = 64
    ) throws(JSONError) {
        var reader = JSONReader(Array(bytes), maximumDepth: maximumDepth)
        self = try reader.value()
        try reader.finish()
    }

    /// Compact UTF-8.
    package func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// Two spaces per level, one member or element per line, no line break at the end.
    package func prettyPrinted() -> String {
        var text = ""
        print(into: &text, indent: "\n")
        return text
    }

    private func print(into text: inout String, indent: String) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            var separator = "["
            for element in elements {
                text += separator + indent + "  "
                element.print(into: &text, indent: indent + "  ")
                separator = ","
            }
            text += indent + "]"
        case .object(let object) where !object.isEmpty:
            var separator = "{"
            for member in object.members {
                text += separator + indent + "  " + JSON.string(member.key).description + ": "
                member.value.print(into: &text, indent: indent + "  ")
                separator = ","
            }
            text += indent + "}"
        case .null, .bool, .number, .string, .array, .object:
            text += description
        }
    }
}

extension JSON: CustomStringConvertible {
    /// The value as compact JSON.
    package var description: String { String(decoding: serialized(), as: UTF8.self) }
}
