// What an account signs its requests with.

/// A pair of access keys, with a session token when they are temporary (STS).
package struct Credentials: Sendable, Equatable {
    /// Travels openly in each request, but is kept out of descriptions all the same.
    package let accessKeyID: String
    /// Used as its UTF-8 text. It often looks like base64; it is not to be decoded.
    package let secretAccessKey: Secret
    /// Sent and signed as `X-Security-Token`.
    package let sessionToken: Secret?

    /// - Throws: `JimengError.credentials` for an empty value, or one that holds spaces, line breaks or
    ///   anything else that cannot stand in an HTTP header (the usual slip when keys are pasted).
    package init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil
    ) throws(JimengError) {
        try Self.check(accessKeyID, of: "access key id")
        try Self.check(secretAccessKey.withText { $0 }, of: "secret access key")
        if let sessionToken { try Self.check(sessionToken.withText { $0 }, of: "session token") }
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    private static func check(_ value: String, of field: String) throws(JimengError) {
        guard !value.isEmpty else { throw .credentials(field: field, reason: "it is empty") }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .credentials(
                field: field,
                reason: "it holds a space, a line break or a character outside of ASCII")
        }
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Credentials(<redacted>)" }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
