// What requests to storage are signed with; never shown.

/// A key pair of the storage, apart from the provider's, with a session token when it is temporary.
package struct S3Credentials: Sendable, Equatable {
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?

    /// - Throws: `MediaError.archiveSetting` for an empty value or one that cannot stand in a header.
    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil)
        throws(MediaError)
    {
        let all = [
            ("access key", accessKeyID), ("secret key", secretAccessKey),
            ("session token", sessionToken ?? "-"),
        ]
        for (name, value) in all
        where value.isEmpty || !value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            throw .archiveSetting(
                reason: "has an empty \(name), or one with a space or a line break in it")
        }
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "S3Credentials(<redacted>)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
