// The YAML file: the same names as in the environment, nested at underscores as one likes.

import FoundationEssentials
import Yams

/// What a file says, by the environment form of each name: the path of a value joined by `_` in upper case, so that
/// `kafka: {group_id: a}`, `kafka: {group: {id: a}}` and `KAFKA_GROUP_ID: a` are one and the same.
///
/// swift-configuration's own YAML provider refuses lists of mappings (`accounts`) and cannot list the keys of a file
/// (unknown ones are mistakes here), so the file is read with Yams and handed to its reader as values.
struct ConfigurationFile: Sendable {
    struct Value: Sendable {
        let text: String
        let line: Int
    }

    /// One element of `accounts` or `tenants`: its members, and those of `models`.
    struct Element: Sendable {
        let line: Int
        var members: [String: Value] = [:]
        var models: [String: Value] = [:]
    }

    let path: String
    private(set) var values: [String: Value] = [:]
    /// `kafka.properties` written as a mapping.
    private(set) var properties: [String: Value] = [:]
    /// Nil when the file has no `accounts`.
    private(set) var accounts: [Element]?
    /// Nil when the file has no list of `tenants`.
    private(set) var tenants: [Element]?
    private(set) var mistakes: [ConfigurationMistake] = []
    /// Of what was read; nil: it could not be.
    private(set) var digest: Int?

    /// Reads a file; what is wrong with it is in `mistakes`.
    init(path: String) {
        let data = try? Data(contentsOf: URL(filePath: path))
        self.init(path: path, text: data.map { String(decoding: $0, as: UTF8.self) } ?? "")
        digest = data?.hashValue
        if data == nil { refuse("cannot be read: check the path and its permissions") }
    }

    init(path: String, text: String) {
        self.path = path
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            guard let mapping = root.mapping else {
                refuse("must hold a mapping such as `kafka: {bootstrap_servers: …}`")
                return
            }
            read(mapping, [])
        } catch let error as YamlError {
            refuse("is not YAML: \(Self.reason(error))")
        } catch {
            refuse("is not YAML")
        }
    }

    func origin(_ line: Int) -> String { "\(path) line \(line)" }

    private mutating func refuse(_ text: String) {
        mistakes.append(ConfigurationMistake(path, text))
    }

    /// The parser's words, without the excerpt of the file: that may show a secret.
    private static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) (line \(mark.line))"
        case .reader(let problem, _, _, _): problem
        case .duplicatedKeysInMapping: "a key stands twice in a mapping"
        default: "the parser gives no reason"
        }
    }

    private mutating func read(_ mapping: Node.Mapping, _ path: [String]) {
        for (keyNode, node) in mapping {
            guard let key = keyNode.scalar?.string, !key.isEmpty else {
                mistake(path, node, "has a key that is not a text")
                continue
            }
            let names = path + [key]
            switch Self.name(names) {
            case "ACCOUNTS", "JIMENG_ACCOUNTS": accounts = readList("accounts", node)
            case "TENANTS" where node.scalar == nil, "JIMENG_TENANTS" where node.scalar == nil:
                tenants = readList("tenants", node)
            case "KAFKA_PROPERTIES" where node.mapping != nil: readProperties(node)
            default: read(node, names)
            }
        }
    }

    private mutating func read(_ node: Node, _ names: [String]) {
        switch node {
        case .mapping(let mapping): read(mapping, names)
        case .scalar(let scalar): take(scalar, node, names)
        case .sequence(let sequence):
            let items = sequence.compactMap { $0.scalar?.string }
            guard items.count == sequence.count else {
                return mistake(names, node, "must be a list of texts")
            }
            set(names, items.joined(separator: ","), node)
        case .alias: mistake(names, node, "must not be an alias")
        }
    }

    private mutating func take(_ scalar: Node.Scalar, _ node: Node, _ names: [String]) {
        if Self.isNull(scalar) { return }
        set(names, scalar.string, node)
    }

    /// Empty and `null` count as absent.
    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private mutating func set(_ names: [String], _ text: String, _ node: Node) {
        let name = Self.name(names)
        if let before = values[name] {
            return mistake(names, node, "is given twice, first in line \(before.line)")
        }
        values[name] = Value(text: text, line: Self.line(node))
    }

    private mutating func mistake(_ names: [String], _ node: Node, _ text: String) {
        mistakes.append(
            ConfigurationMistake(
                names.joined(separator: "."), origin: origin(Self.line(node)), text))
    }

    static func name(_ names: [String]) -> String {
        String(
            names.joined(separator: "_").uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    private static func line(_ node: Node) -> Int { node.mark?.line ?? 1 }

    // MARK: The two structures

    private mutating func readProperties(_ node: Node) {
        for (key, value) in node.mapping ?? [:] {
            guard let key = key.scalar?.string, let scalar = value.scalar else {
                mistake(["kafka", "properties"], value, "must be a mapping from texts to texts")
                continue
            }
            properties[key] = Value(text: scalar.string, line: Self.line(value))
        }
    }

    /// A list of mappings; nil if it is none.
    private mutating func readList(_ name: String, _ node: Node) -> [Element]? {
        guard let sequence = node.sequence, !sequence.isEmpty else {
            mistake([name], node, "must be a list of \(name), each with a name")
            return nil
        }
        var elements: [Element] = []
        for (index, node) in sequence.enumerated() {
            guard let mapping = node.mapping else {
                mistake(["\(name)[\(index)]"], node, "must be a mapping, of name and others")
                continue
            }
            elements.append(element(mapping, "\(name)[\(index)]", line: Self.line(node)))
        }
        return elements
    }

    private mutating func element(_ mapping: Node.Mapping, _ place: String, line: Int) -> Element {
        var element = Element(line: line)
        for (keyNode, node) in mapping {
            let key = keyNode.scalar?.string ?? ""
            if key == "models", let models = node.mapping {
                for (model, value) in models {
                    let text = value.scalar?.string ?? ""
                    element.models[model.scalar?.string ?? ""] = Value(
                        text: text, line: Self.line(value))
                }
            } else if let scalar = node.scalar {
                if !Self.isNull(scalar) {
                    element.members[key] = Value(text: scalar.string, line: Self.line(node))
                }
            } else {
                mistake([place, key], node, "must be a single value")
            }
        }
        return element
    }
}
