// Reads fields from the sources and gathers all mistakes.

import FoundationEssentials

/// Of each file that was read, by its path, a hash of what was in it; nil: it could not be read.
typealias FilesRead = [String: Int?]

/// One pass over a configuration. Nothing is thrown before the end, so that all mistakes are seen at once.
struct FieldReader {
    let sources: ConfigurationSources
    private(set) var mistakes: [ConfigurationMistake] = []
    /// Where each setting was given.
    private(set) var origins: [String: String] = [:]

    /// Files that values came from, or were to come from.
    private(set) var files: FilesRead

    init(_ sources: ConfigurationSources) {
        self.sources = sources
        files = sources.file.map { [$0.path: $0.digest] } ?? [:]
        mistakes = (sources.file?.mistakes ?? []) + sources.unknownNames()
    }

    mutating func refuse(_ name: String, _ text: String) {
        mistakes.append(ConfigurationMistake(name, origin: origins[name], text))
    }

    mutating func refuse(_ mistake: ConfigurationMistake) { mistakes.append(mistake) }

    func finish() throws(ConfigurationMistakes) {
        if !mistakes.isEmpty { throw ConfigurationMistakes(mistakes: mistakes, files: files) }
    }

    func isGiven(_ name: String) -> Bool { sources.given(name) != nil }

    /// The value that was given, else the default; nil if there is neither.
    mutating func read<Value>(_ field: Field<Value>) -> Value? {
        guard let given = sources.given(field.name) else { return field.standard }
        origins[field.name] = given.origin
        return parse(given.text, as: field) ?? field.standard
    }

    private mutating func parse<Value>(_ text: String, as field: Field<Value>) -> Value? {
        do throws(FieldFault) {
            return try field.parse(text)
        } catch {
            let isShown = field.info.isSecret || error.text.hasPrefix("\"")
            let shown = isShown ? "" : "\"\(text.prefix(80))\" "
            refuse(field.name, shown + error.text)
            return nil
        }
    }

    /// The value that was given, directly or in the file that `NAME_FILE` names.
    mutating func readSecret(_ field: Field<String>) -> String? {
        let fileName = field.name + "_FILE"
        let (direct, inFile) = (sources.given(field.name), sources.given(fileName))
        if let direct, let inFile, direct.rank == inFile.rank {
            refuse(field.name, "is given together with \(fileName); give one of them")
            return nil
        }
        if let inFile, inFile.rank < direct?.rank ?? .max {
            origins[field.name] = "\(fileName), \(inFile.origin)"
            return contents(of: inFile.text, for: fileName, inFile.origin)
        }
        guard let direct else { return nil }
        origins[field.name] = direct.origin
        return direct.text
    }

    /// A secret file's text without the line break at its end.
    mutating func contents(of path: String, for name: String, _ origin: String) -> String? {
        let data = try? Data(contentsOf: URL(filePath: path))
        files.updateValue(data?.hashValue, forKey: path)
        guard let data else {
            refuse(
                ConfigurationMistake(
                    name, origin: origin,
                    "the file \(path) cannot be read: check the path and its permissions"))
            return nil
        }
        var text = String(decoding: data, as: UTF8.self)[...]
        if text.last?.isNewline == true { text.removeLast() }
        if text.isEmpty {
            refuse(ConfigurationMistake(name, origin: origin, "the file \(path) is empty"))
            return nil
        }
        return String(text)
    }
}
