// What a lane has set aside today as a ledger value, according to `schemas/ledger-spend.schema.json`.

import JSON
package import JobEngine

extension LedgerCodec {
    package func bytes(_ spend: Spend, at now: Instant) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.member("v", Self.version)
        writer.member("day", Timestamp.dayText(spend.day))
        writer.member("total_micro", spend.total)
        writer.key("tenants_micro")
        writer.beginObject()
        for (tenant, amount) in spend.tenants.sorted(by: { $0.key < $1.key }) where amount > 0 {
            writer.member(tenant, amount)
        }
        writer.endObject()
        writer.member("updated_at", now)
        writer.member("worker", worker)
        writer.endObject()
        return writer.bytes
    }

    package static func spend(_ bytes: [UInt8]) throws(LedgerError) -> Spend {
        let object = try members(bytes)
        guard let day = object["day"]?.string.flatMap(Timestamp.day) else {
            throw .wrongMember("day")
        }
        guard let total = amount(object["total_micro"]) else { throw .wrongMember("total_micro") }
        guard let listed = object["tenants_micro"]?.object else {
            throw .wrongMember("tenants_micro")
        }
        var tenants: [String: Int64] = [:]
        for member in listed.members {
            guard let amount = amount(member.value) else { throw .wrongMember("tenants_micro") }
            tenants[member.key] = amount
        }
        return Spend(day: day, total: total, tenants: tenants)
    }

    /// Of money in the ledger: never negative, and small enough to be added up.
    static func amount(_ value: JSON?) -> Int64? {
        value?.int64.flatMap { (0...1_000_000_000_000_000_000).contains($0) ? $0 : nil }
    }
}
