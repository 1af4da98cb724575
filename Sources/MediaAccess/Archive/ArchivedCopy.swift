// A copy that lies in the archive.

package struct ArchivedCopy: Sendable, Hashable {
    /// `file://…` or `s3://…`
    package let url: String
    package let bytes: Int64
    /// Lower-case hexadecimal digits.
    package let sha256: String

    package init(url: String, bytes: Int64, sha256: String) {
        self.url = url
        self.bytes = bytes
        self.sha256 = sha256
    }
}
