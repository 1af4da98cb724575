// Shares of tenants as a setting: `studio weight=3 concurrency=4; * weight=1`.

import JobEngine

/// How tenants are treated, by name.
struct TenantTable: Equatable, Sendable, CustomStringConvertible {
    var named: [String: TenantPolicy] = [:]
    /// `*`: each tenant that is not named.
    var others = TenantPolicy()

    init() {}

    init(_ policy: Policy) {
        named = policy.tenants
        others = policy.otherTenants
    }

    /// The name that stands for every tenant without a line of its own.
    static let everyOther = "*"
    /// The name that stands for jobs without a tenant.
    static let nobody = "-"
    static let members = [
        AccountsReader.Member("weight", weight.info),
        AccountsReader.Member(
            "concurrency", bounds: WorkerFields.concurrency.info.bounds,
            "unfinished tasks of the tenant at once, over all workers"),
        AccountsReader.Member(
            "budget", bounds: WorkerFields.budget.info.bounds,
            "what the tenant's jobs may cost a day, in CNY, over all workers"),
    ]

    mutating func set(_ name: String, _ tenant: TenantPolicy) throws(FieldFault) {
        if name == Self.everyOther {
            guard others == TenantPolicy() else { throw FieldFault("names * twice") }
            others = tenant
            return
        }
        guard (1...100).contains(name.unicodeScalars.count) else {
            throw FieldFault("names a tenant that is not 1 to 100 characters long")
        }
        let key = name == Self.nobody ? "" : name
        guard named.updateValue(tenant, forKey: key) == nil else {
            throw FieldFault("names \"\(name)\" twice")
        }
    }

    /// Sets one member of a tenant.
    static func set(_ member: String, _ text: String, of tenant: inout TenantPolicy)
        throws(FieldFault)
    {
        switch member {
        case "weight": tenant.weight = try weight.parse(text)
        case "concurrency": tenant.concurrency = try WorkerFields.concurrency.parse(text)
        case "budget": tenant.budget = try WorkerFields.budget.parse(text)
        default:
            throw FieldFault(
                "has no member \"\(member)\"\(NearestName.hint(for: member, among: members.map(\.name)))"
            )
        }
    }

    private static let weight = Field<Int>.integer(
        "weight", 1...1000, standard: "1",
        "share of the slots beside other tenants with jobs")

    @Sendable static func parse(_ text: String) throws(FieldFault) -> TenantTable {
        var table = TenantTable()
        for line in text.split(separator: ";") {
            var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            let name = words.removeFirst()
            var tenant = TenantPolicy()
            for word in words {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else {
                    throw FieldFault("must be NAME member=value …; NAME …: \"\(word)\" has no =")
                }
                try set(parts[0], parts[1], of: &tenant)
            }
            try table.set(name, tenant)
        }
        return table
    }

    /// In the form that `parse` takes.
    var description: String {
        var lines = named.sorted { $0.key < $1.key }
            .map { Self.text($0.key.isEmpty ? Self.nobody : $0.key, $0.value) }
        if others != TenantPolicy() { lines.append(Self.text(Self.everyOther, others)) }
        return lines.isEmpty ? "-" : lines.joined(separator: "; ")
    }

    private static func text(_ name: String, _ tenant: TenantPolicy) -> String {
        var words = [name, "weight=\(tenant.weight)"]
        if let concurrency = tenant.concurrency { words.append("concurrency=\(concurrency)") }
        if let budget = tenant.budget { words.append("budget=\(Money.text(budget))") }
        return words.joined(separator: " ")
    }
}
