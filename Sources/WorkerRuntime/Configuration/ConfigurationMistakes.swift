// What is wrong with a configuration: all of it at once.

/// One mistake: the setting, where it was given, and what would be right. Never holds a secret.
package struct ConfigurationMistake: Hashable, Sendable, CustomStringConvertible {
    /// The environment form of the setting's name, or the place in a file.
    package var name: String
    /// Where it was given (`environment`, `worker.yaml line 7`); nil if it was not.
    package var origin: String?
    package var text: String

    package init(_ name: String, origin: String? = nil, _ text: String) {
        self.name = name
        self.origin = origin
        self.text = text
    }

    package var description: String {
        origin.map { "\(name) (\($0)): \(text)" } ?? "\(name): \(text)"
    }
}

/// Everything that is wrong, in the order in which it was found; never empty.
package struct ConfigurationMistakes: Error, Sendable, CustomStringConvertible {
    package let mistakes: [ConfigurationMistake]
    /// What was read when they were found.
    let files: FilesRead

    init(mistakes: [ConfigurationMistake], files: FilesRead = [:]) {
        self.mistakes = mistakes
        self.files = files
    }

    package var description: String {
        let count = mistakes.count == 1 ? "a mistake" : "\(mistakes.count) mistakes"
        return "the configuration has \(count):\n"
            + mistakes.map { "  \($0)" }.joined(separator: "\n")
    }
}
