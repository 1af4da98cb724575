// A text that never shows itself: not in a description, a dump, a log or an error.

/// A secret. The one way to its text is `withText`, so that each use can be found by searching for it.
package struct Secret: Sendable, Equatable {
    private let text: String

    package init(_ text: String) { self.text = text }

    package var isEmpty: Bool { text.isEmpty }

    /// Hands the text to `use`; what `use` returns must not hold it.
    func withText<Result>(_ use: (String) -> Result) -> Result { use(text) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }

    package var debugDescription: String { "<redacted>" }

    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
