// Names of copies: a template, and what may stand in a name whatever a job's id contains.

internal import Crypto

/// What a copy's name can be made of.
package struct ArchiveLabel: Sendable, Hashable {
    /// The job's id: anything at all.
    package var id: String
    package var taskID: String
    package var model: String
    package var account: String
    package var tenant: String
    /// When the task was submitted, seconds since 1970: the same for every owner of the job.
    package var submittedAt: Int64

    package init(
        id: String, taskID: String, model: String, account: String, tenant: String = "",
        submittedAt: Int64
    ) {
        self.id = id
        self.taskID = taskID
        self.model = model
        self.account = account
        self.tenant = tenant
        self.submittedAt = submittedAt
    }
}

/// A checked template such as `{date}/{id}/{task_id}.{ext}`.
///
/// Everything in a name is known to each owner of a job alike, so that a copy made twice is one copy.
package struct ArchiveKeyTemplate: Sendable, Hashable {
    package static let standard = "{date}/{id}/{task_id}.{ext}"
    static let placeholders = ["date", "id", "task_id", "model", "account", "tenant", "ext"]

    private enum Part: Sendable, Hashable {
        case text(String)
        case placeholder(String)
    }

    private let parts: [Part]

    package init(_ text: String) throws(MediaError) {
        parts = try Self.parts(text)
        guard parts.contains(.placeholder("task_id")) else {
            throw .archiveSetting(
                reason: "must contain {task_id}, or products of two tasks could get one name")
        }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw .archiveSetting(
                reason: "must not begin or end with a slash, nor have an empty part, `.` or `..`")
        }
    }

    private static func parts(_ text: String) throws(MediaError) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(try checked(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw .archiveSetting(reason: "has a { without }")
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard placeholders.contains(name) else {
                throw .archiveSetting(
                    reason: "knows no {\(name.prefix(40))}; there are "
                        + placeholders.map { "{\($0)}" }.joined(separator: " "))
            }
            parts.append(.placeholder(name))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(try checked(rest))) }
        return parts
    }

    private static func checked(_ text: Substring) throws(MediaError) -> String {
        let isPlain = text.utf8.allSatisfy {
            URIEncoding.isUnreserved($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=")
        }
        guard isPlain, text.utf8.count <= 200 else {
            throw .archiveSetting(
                reason: "may hold letters, digits, - _ . ~ = / and placeholders only")
        }
        return String(text)
    }

    /// The key of a task's product.
    ///
    /// - Parameter index: counts the products of one task from 0; all but the first get `-2`, `-3`, … after the task id.
    package func key(_ label: ArchiveLabel, index: Int, fileExtension: String) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .placeholder("date"): UTCStamp(label.submittedAt).day
            case .placeholder("id"): Self.safe(label.id)
            case .placeholder("task_id"):
                Self.safe(label.taskID) + (index == 0 ? "" : "-\(index + 1)")
            case .placeholder("model"): Self.safe(label.model)
            case .placeholder("account"): Self.safe(label.account)
            case .placeholder("tenant"): Self.safe(label.tenant)
            case .placeholder: fileExtension
            }
        }
        .joined()
    }

    /// A text as a part of a name: letters, digits, `-`, `_` and inner dots stay, all else becomes `~` and two
    /// digits, so that different texts have different names, and none has a slash or begins with a dot. An empty text
    /// is `~`. A long one is cut, and ends in a hash of the whole.
    static func safe(_ text: String) -> String {
        var name = ""
        for byte in text.utf8 {
            let stays =
                URIEncoding.isUnreserved(byte) && byte != UInt8(ascii: "~")
                && !(byte == UInt8(ascii: ".") && name.isEmpty)
            name += stays ? String(UnicodeScalar(byte)) : "~" + hexadecimal([byte])
        }
        if name.isEmpty { return "~" }
        guard name.utf8.count > longest else { return name }
        let hash = hexadecimal(SHA256.hash(data: Array(text.utf8)).prefix(12))
        return name.prefix(longest - hash.count - 2) + "~~" + hash
    }

    /// Names of files have 255 bytes at most, and two values may share one.
    private static let longest = 110
}
