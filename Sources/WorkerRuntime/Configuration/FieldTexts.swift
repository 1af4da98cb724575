// How the texts of single settings are read.

import Jimeng
import MediaAccess

enum FieldTexts {
    @Sendable static func asIs(_ text: String) throws(FieldFault) -> String { text }

    @Sendable static func plain(_ text: String) throws(FieldFault) -> String {
        guard (1...249).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw FieldFault("must be 1 to 249 characters of ASCII without spaces") }
        return text
    }

    @Sendable static func name(_ text: String) throws(FieldFault) -> String {
        guard (1...100).contains(text.utf8.count), text.utf8.allSatisfy(isNameByte) else {
            throw FieldFault("must be 1 to 100 letters, digits, or any of . _ -")
        }
        return text
    }

    @Sendable static func topic(_ text: String) throws(FieldFault) -> String {
        guard (1...249).contains(text.utf8.count), text.utf8.allSatisfy(isNameByte), text != ".",
            text != ".."
        else {
            throw FieldFault(
                "is not a legal topic name: 1 to 249 letters, digits, or any of . _ -")
        }
        return text
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The catalogue says what a model's key may be: a wrong one would fail every request that names none.
    @Sendable static func model(_ text: String) throws(FieldFault) -> String {
        if ModelCatalogue().model(text) != nil { return text }
        let keys = ModelCatalogue.models.map(\.key)
        throw FieldFault(
            "\"\(text)\" is not in the catalogue\(NearestName.hint(for: text, among: keys))")
    }

    /// `host:port` or `[address]:port`, each with an optional `scheme://` as librdkafka takes it.
    @Sendable static func servers(_ text: String) throws(FieldFault) -> String {
        for server in items(text) {
            let address =
                server.firstRange(of: "://").map { server[$0.upperBound...] } ?? server[...]
            guard let colon = address.lastIndex(of: ":"), colon != address.startIndex,
                let port = Int(address[address.index(after: colon)...]),
                (1...65_535).contains(port),
                !address.contains(where: \.isWhitespace)
            else {
                throw FieldFault("\"\(server)\" is not host:port, such as broker-1:9092")
            }
        }
        let servers = items(text)
        if servers.isEmpty { throw FieldFault("names no broker; give host:port") }
        return servers.joined(separator: ",")
    }

    @Sendable static func networks(_ text: String) throws(FieldFault) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for item in items(text) {
            guard let network = IPNetwork(item) else {
                throw FieldFault("\"\(item)\" is not a network such as 127.0.0.0/8 or fc00::/7")
            }
            networks.append(network)
        }
        return networks
    }

    @Sendable static func ports(_ text: String) throws(FieldFault) -> Set<Int> {
        var ports: Set<Int> = []
        for item in items(text) {
            guard let port = Int(item), (1...65_535).contains(port) else {
                throw FieldFault("\"\(item)\" is not a port from 1 to 65535")
            }
            ports.insert(port)
        }
        return ports
    }

    /// `key=value,key=value`. The message never repeats a value: it may be a password.
    @Sendable static func properties(_ text: String) throws(FieldFault) -> [String: String] {
        var properties: [String: String] = [:]
        for item in split(text) {
            guard let (key, value) = property(item) else {
                throw FieldFault(
                    "must be key=value,key=value; one part has no = (write a comma inside of a "
                        + "value as \\,)")
            }
            guard properties.updateValue(value, forKey: key) == nil else {
                throw FieldFault("gives \(key) twice")
            }
        }
        return properties
    }

    /// Lines `key=value` as in a client.properties file; `#` and `!` begin comments.
    static func propertyLines(_ text: String) throws(FieldFault) -> [String: String] {
        var properties: [String: String] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = trimmed(line)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("!") { continue }
            guard let (key, value) = property(line) else {
                throw FieldFault("has no = in line \(number + 1)")
            }
            properties[key] = value
        }
        return properties
    }

    private static func property(_ item: String) -> (String, String)? {
        guard let equals = item.firstIndex(of: "="), equals != item.startIndex else { return nil }
        return (trimmed(item[..<equals]), trimmed(item[item.index(after: equals)...]))
    }

    /// Parts between commas that no backslash protects.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", rest.first == "," {
                parts[parts.count - 1].append(rest.removeFirst())
            } else if character == "," {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map { trimmed($0[...]) }.filter { !$0.isEmpty }
    }

    private static func items(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
