// What users of a scenario ask for, and when.

import JobEngine

/// Tasks of somebody else on the account, for a while.
struct Foreign: Sendable {
    /// Milliseconds since the world began.
    var span: Range<Int64>
    var tasks: Int
}

/// One request to come.
struct Traffic: Sendable {
    /// Milliseconds after the world began.
    var at: Int64
    var partition: Int
    var tenant: String?

    init(at: Int64, partition: Int = 0, tenant: String? = nil) {
        self.at = at
        self.partition = partition
        self.tenant = tenant
    }

    /// The id of request number `number`.
    static func id(_ number: Int) -> JobID { JobID("job-\(number)") }
}
