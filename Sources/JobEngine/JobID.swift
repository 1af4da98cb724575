// A job's id, compared by its bytes.

/// A job's id: the request's `id`, or `topic-partition-offset` where the request gave none.
///
/// Equal only if the UTF-8 bytes are equal, as Kafka compares the keys of its records. Swift's strings are equal as soon as they
/// look alike (é as one scalar or as two), and two jobs would share one entry in memory but have two in the ledger.
package struct JobID: Sendable {
    /// As the user wrote it.
    package let text: String

    package init(_ text: some StringProtocol) {
        self.text = String(text)
    }

    package var utf8: String.UTF8View { text.utf8 }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}

extension JobID: Hashable {
    package static func == (left: JobID, right: JobID) -> Bool {
        left.utf8.count == right.utf8.count
            && left.withBytes { left in right.withBytes { left.elementsEqual($0) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}

extension JobID: Comparable {
    package static func < (left: JobID, right: JobID) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension JobID: CustomStringConvertible {
    package var description: String { text }
}

extension JobID: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) {
        self.text = text
    }
}
