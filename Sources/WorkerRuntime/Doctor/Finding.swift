// One thing that the doctor found: what, how bad, why it matters, and the command that mends it.

package struct Finding: Hashable, Sendable {
    package enum Area: String, CaseIterable, Sendable {
        case machine, library, brokers, topics, rights, group, backlog, provider, archive
    }

    package enum Severity: String, CaseIterable, Comparable, Sendable {
        /// As it should be.
        case fine
        /// Good to know.
        case note
        /// It works, but something will hurt sooner or later.
        case warning
        /// A worker will not work, or not safely.
        case error
        /// The same, as something does not answer at all.
        case unreachable

        package static func < (left: Self, right: Self) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package let area: Area
    package let severity: Severity
    /// A clause: `broker-1:9092 answers`.
    package let what: String
    /// What comes of it; empty for what is fine.
    package let why: String
    /// What to do about it, best a command.
    package let remedy: String?

    package init(
        _ area: Area, _ severity: Severity, _ what: String, why: String = "",
        remedy: String? = nil
    ) {
        self.area = area
        self.severity = severity
        self.what = what
        self.why = why
        self.remedy = remedy
    }

    package static func fine(_ area: Area, _ what: String) -> Self { Self(area, .fine, what) }
}
