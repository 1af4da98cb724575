// `jimeng lanes`: who owns what, and how far it is.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct LanesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lanes",
        abstract: "Show each lane: owner, open jobs, slots, lag.",
        discussion: """
            A lane is a partition of the ledger with its share of the request partitions and of the account's \
            slots. MEMBER is who holds it now by the word of the group's coordinator; WRITER is who wrote its \
            last entry, which for an idle lane may be a former owner. LAG counts the offsets of its request \
            partitions that no worker has taken in.

            EXAMPLES
              jimeng lanes
              jimeng lanes --json | jq 'select(.lag > 100)'
            """)

    @OptionGroup var settings: ConnectionOptions
    @Flag(help: "JSON lines.")
    var json = false

    func run() async throws {
        let session = try await LogSession(settings) { [$0.requests, $0.ledger] }
        let members = await GroupMembers.look(session.connection)
        let (view, ends) = try await session.ledger()
        let backlog = try await session.backlog(view)
        await session.close()
        let now = Moments.now
        let lanes = LaneReport.reports(
            view, ledger: ends, backlog: backlog, members: members.owners, at: now)
        if json {
            for lane in lanes { Output.line(lane.json(at: now).serialized()) }
        } else {
            for line in Self.table(lanes, at: now).lines() { Output.line(line) }
            Output.note(Self.summary(lanes))
        }
        if let note = members.note { Output.note("jimeng: \(note)") }
    }

    private static func table(_ lanes: [LaneReport], at now: Instant) -> Table {
        var table = Table([
            .init("LANE", isNumber: true), .init("MEMBER"), .init("WRITER"),
            .init("EPOCH", isNumber: true), .init("OPEN", isNumber: true), .init("SLOTS USED"),
            .init("LAG", isNumber: true), .init("REQUESTS"), .init("LEDGER END", isNumber: true),
            .init("LAST WRITE"),
        ])
        for lane in lanes {
            table.add([
                "\(lane.lane)", lane.member, lane.writer, lane.epoch.map { "\($0)" },
                "\(lane.open)", lane.slotsText, "\(lane.lag)", lane.partitionsText,
                "\(lane.ledgerEnd)", lane.lastWrite.map { Moments.relative($0, at: now) },
            ])
        }
        return table
    }

    private static func summary(_ lanes: [LaneReport]) -> String {
        let open = lanes.reduce(0) { $0 + $1.open }
        let lag = lanes.reduce(0) { $0 + $1.lag }
        let slots = lanes.reduce(0) { $0 + $1.slots.values.reduce(0, +) }
        return "\(lanes.count) lanes, \(open) open jobs, \(slots) slots used, lag \(lag)"
    }
}

/// The members of the workers' group, where the broker can tell.
struct GroupMembers {
    /// By ledger partition.
    var owners: [Int: String] = [:]
    /// What is to be said about it.
    var note: String?

    static func look(_ connection: ConnectionConfiguration) async -> GroupMembers {
        do {
            let admin = try Admin(connection.kafka)
            let members = try await look(admin, connection)
            await admin.close(within: .seconds(1))
            return members
        } catch {
            return GroupMembers(note: "the group cannot be looked at: \(error)")
        }
    }

    private static func look(
        _ admin: Admin, _ connection: ConnectionConfiguration
    ) async throws -> GroupMembers {
        let ledger = connection.topics.ledger
        guard try await !admin.cluster([ledger]).isEmbedded else {
            return GroupMembers(
                note: "the embedded broker does not tell who its group's members are")
        }
        guard let group = try await admin.group(connection.group) else {
            return GroupMembers(
                note: "there is no group \(connection.group): no worker has run yet")
        }
        var members = GroupMembers()
        for member in group.members {
            for partition in member.partitions ?? [] where partition.topic == ledger {
                members.owners[Int(partition.partition)] = member.clientID
            }
        }
        if group.state != "Stable" {
            members.note = "the group \(connection.group) is \(group.state)"
        }
        return members
    }
}
