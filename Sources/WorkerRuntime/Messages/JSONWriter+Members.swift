// Shorthand for the members that the records of this system share.

import JSON
import JobEngine

extension JSONWriter {
    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ id: JobID) {
        member(name, id.text)
    }

    mutating func member(_ name: String, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        key(name)
        int(value)
    }

    mutating func member(_ name: String, _ value: Int, unless absent: Int) {
        if value != absent { member(name, value) }
    }

    mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Unix milliseconds, as the ledger has them.
    mutating func member(_ name: String, _ value: Instant?) {
        member(name, value?.milliseconds)
    }

    /// RFC 3339, as user-facing records have them.
    mutating func member(_ name: String, text value: Instant?) {
        member(name, value.map(Timestamp.text))
    }

    mutating func member(_ name: String, _ source: Source) {
        key(name)
        beginObject()
        member("topic", source.partition.topic)
        member("partition", source.partition.partition)
        member("offset", source.offset)
        endObject()
    }

    /// `code`: a number where the provider's code is one, else a word, else null.
    mutating func code(_ code: String?) {
        key("code")
        if let code, let number = Int64(code), String(number) == code {
            int(number)
        } else if let code, !code.isEmpty {
            string(code)
        } else {
            null()
        }
    }
}
