// The members of a request record, read and checked against `schemas/request.schema.json`.

package import JSON
package import JobEngine

/// What a request record says, before the model's own bounds are checked.
package struct RequestFields: Sendable, Equatable {
    package var id: String?
    package var model: String?
    package var prompt: String?
    package var imageURLs: [String] = []
    package var imagesBase64: [String] = []
    package var aspectRatio: String?
    package var seed: JSONNumber?
    package var frames: Int?
    package var parameters = JSONObject()
    package var priority = Request.defaultPriority
    package var tenant: String?
    package var notBefore: Instant?
    package var deadline: Instant?
    package var metadata: JSON?
    package var isUncatalogued = false

    /// One mistake: the member, and what is wrong with it.
    package struct Problem: Equatable, Sendable {
        package var field: String
        package var text: String
    }

    /// Reads all members; every mistake is listed, not only the first.
    package init(_ object: JSONObject, problems: inout [Problem]) {
        var reader = MemberReader(object: object, problems: [])
        id = reader.text("id", bytes: 1...200, refusing: LedgerKey.reserved)
        model = reader.model()
        prompt = reader.prompt()
        imageURLs = reader.strings("image_urls", count: 14, each: 8192)
        imagesBase64 = reader.strings("images_base64", count: 14, each: RequestFields.largest)
        aspectRatio = reader.aspectRatio()
        seed = reader.seed()
        frames = reader.integer("frames", 1...100_000)
        parameters = reader.object("parameters") ?? JSONObject()
        priority = reader.integer("priority", 0...9) ?? Request.defaultPriority
        tenant = reader.tenant()
        notBefore = reader.instant("not_before")
        deadline = reader.instant("deadline")
        metadata = reader.metadata()
        isUncatalogued = reader.bool("uncatalogued") ?? false
        if let notBefore, let deadline, deadline <= notBefore {
            reader.refuse("deadline", "must be later than not_before")
        }
        if !imageURLs.isEmpty && !imagesBase64.isEmpty {
            reader.refuse("images_base64", "cannot be given together with image_urls")
        }
        problems += reader.problems
    }

    /// The seed as a number, however it was written: `1e2` and `4.0` are whole to JSON.
    package var exactSeed: Int128? {
        seed.flatMap { number in number.uint64.map { Int128($0) } ?? number.int64.map { Int128($0) }
        }
    }

    /// Bytes of the largest request record that is accepted.
    package static let largest = 512 << 10
    /// Bytes of the largest metadata, as compact JSON.
    package static let largestMetadata = 16 << 10
}

/// Reads typed members of an object and gathers the mistakes.
private struct MemberReader {
    let object: JSONObject
    var problems: [RequestFields.Problem]

    mutating func refuse(_ field: String, _ text: String) {
        problems.append(RequestFields.Problem(field: field, text: text))
    }

    /// The member, unless it is absent or null.
    private func member(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    mutating func string(_ name: String) -> String? {
        guard let value = member(name) else { return nil }
        guard let string = value.string else {
            refuse(name, "must be a string, not \(value.kind)")
            return nil
        }
        return string
    }

    mutating func text(_ name: String, bytes: ClosedRange<Int>, refusing prefixes: [String] = [])
        -> String?
    {
        guard let string = string(name) else { return nil }
        if !bytes.contains(string.utf8.count) {
            refuse(
                name,
                "has \(string.utf8.count) bytes; allowed are \(bytes.lowerBound) to \(bytes.upperBound)"
            )
            return nil
        }
        if string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            refuse(name, "contains a control character")
            return nil
        }
        // By bytes, as keys are: to a Swift string "late/" followed by a combining mark does not begin with "late/".
        if let prefix = prefixes.first(where: { string.utf8.starts(with: $0.utf8) }) {
            refuse(name, "must not begin with \(prefix)")
            return nil
        }
        return string
    }

    mutating func model() -> String? {
        let model = string("model")
        let alias = string("req_key")
        if let model, let alias, model != alias {
            refuse("req_key", "differs from model; give one of them")
        }
        guard let name = model ?? alias else { return nil }
        let isLegal =
            (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isLegal else {
            refuse("model", "must be 1 to 100 letters, digits, dots, underscores or hyphens")
            return nil
        }
        return name
    }

    mutating func tenant() -> String? {
        guard let tenant = text("tenant", bytes: 1...400) else { return nil }
        let length = tenant.unicodeScalars.count
        if length > 100 { refuse("tenant", "has \(length) characters; at most 100 are allowed") }
        return tenant
    }

    mutating func prompt() -> String? {
        guard let prompt = string("prompt"), !prompt.isEmpty else { return nil }
        let length = prompt.unicodeScalars.count
        if length > 5000 { refuse("prompt", "has \(length) characters; at most 5000 are allowed") }
        return prompt
    }

    mutating func strings(_ name: String, count: Int, each: Int) -> [String] {
        guard let value = member(name) else { return [] }
        guard let array = value.array else {
            refuse(name, "must be an array of strings, not \(value.kind)")
            return []
        }
        guard array.count <= count else {
            refuse(name, "has \(array.count) elements; at most \(count) are allowed")
            return []
        }
        var strings: [String] = []
        for (index, element) in array.enumerated() {
            guard let string = element.string else {
                refuse("\(name)[\(index)]", "must be a string, not \(element.kind)")
                continue
            }
            guard string.utf8.count <= each else {
                refuse("\(name)[\(index)]", "is longer than \(each) bytes")
                continue
            }
            strings.append(string)
        }
        return strings
    }

    mutating func aspectRatio() -> String? {
        guard let ratio = string("aspect_ratio") else { return nil }
        if ratio == "auto" { return ratio }
        let sides = ratio.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let isRatio =
            sides.count == 2
            && sides.allSatisfy { side in
                (1...4).contains(side.count) && side.first != UInt8(ascii: "0")
                    && side.allSatisfy { (0x30...0x39).contains($0) }
            }
        if !isRatio {
            refuse("aspect_ratio", "must be width:height such as 16:9, or auto")
            return nil
        }
        return ratio
    }

    mutating func seed() -> JSONNumber? {
        guard let value = member("seed") else { return nil }
        guard let number = value.number, number.uint64 != nil || number.int64 == -1 else {
            refuse("seed", "must be an integer from -1 to 18446744073709551615")
            return nil
        }
        return number
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = member(name) else { return nil }
        guard let integer = value.int, range.contains(integer) else {
            refuse(
                name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    mutating func object(_ name: String) -> JSONObject? {
        guard let value = member(name) else { return nil }
        guard let object = value.object else {
            refuse(name, "must be an object, not \(value.kind)")
            return nil
        }
        if object.count > 64 {
            refuse(name, "has \(object.count) members; at most 64 are allowed")
        }
        return object
    }

    mutating func bool(_ name: String) -> Bool? {
        guard let value = member(name) else { return nil }
        if value.bool == nil { refuse(name, "must be true or false, not \(value.kind)") }
        return value.bool
    }

    mutating func instant(_ name: String) -> Instant? {
        guard let text = string(name) else { return nil }
        guard let instant = Timestamp.instant(text) else {
            refuse(name, "must be an RFC 3339 time such as 2026-11-22T10:37:00Z")
            return nil
        }
        return instant
    }

    mutating func metadata() -> JSON? {
        guard let value = member("metadata") else { return nil }
        guard value.object != nil else {
            refuse("metadata", "must be an object, not \(value.kind)")
            return nil
        }
        let size = value.serialized().count
        guard size <= RequestFields.largestMetadata else {
            refuse(
                "metadata",
                "has \(size) bytes; at most \(RequestFields.largestMetadata) are allowed")
            return nil
        }
        return value
    }
}
