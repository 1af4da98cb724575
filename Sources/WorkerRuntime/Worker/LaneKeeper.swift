// Takes lanes over and gives them up, as the consumer group says.

import JobEngine
import Kafka
import Logging

/// Stands between the group and the engine: restores what was assigned, waits for the engine before it answers a
/// revocation, and routes the reader's records.
actor LaneKeeper {
    let member: GroupMember
    let reader: Reader
    let writer: LedgerWriter
    let topics: Topics
    let intake: RequestIntake
    let lanesInAll: Int
    let inbox: Inbox
    let clock: SteadyClock
    let logger: Logger

    var lanes: [LaneID: Stand] = [:]
    var feed = PartitionFeed()
    var restorations: [LaneID: Restoration] = [:]
    private var epoch: Epoch = 0
    private var releases: [CheckedContinuation<Void, Never>] = []
    var requestPartitions = 0

    /// Where this worker stands with a lane.
    enum Stand {
        case restoring(Task<Void, Never>)
        case active(Epoch)
        /// The engine has been asked to give it up.
        case closing
        case released(isClean: Bool)
        /// Given up with nothing in the air: if nobody writes in between, its state in memory stays true.
        case parked(highWatermark: Int64, cursors: [SourcePartition: Int64])
    }

    init(
        member: GroupMember, reader: Reader, writer: LedgerWriter, topics: Topics,
        intake: RequestIntake, lanesInAll: Int, inbox: Inbox, clock: SteadyClock, logger: Logger
    ) {
        self.member = member
        self.reader = reader
        self.writer = writer
        self.topics = topics
        self.intake = intake
        self.lanesInAll = lanesInAll
        self.inbox = inbox
        self.clock = clock
        self.logger = logger
    }

    var activeLanes: [LaneID] {
        lanes.compactMap { if case .active = $0.value { $0.key } else { nil } }.sorted()
    }

    // MARK: The group

    /// Follows the group until the member is closed; throws when it is of no use any more.
    func followGroup() async throws(WorkerError) {
        for await event in member.events {
            switch event {
            case .assigned(let partitions):
                await assigned(partitions)
            case .revoked(let partitions, let lost):
                await revoked(partitions, lost: lost)
            case .error(let error):
                logger.warning("the consumer group has trouble", metadata: ["error": "\(error)"])
            case .fatal(let error):
                throw .groupLost(error)
            case .closed:
                return
            }
        }
    }

    private func laneIDs(_ partitions: [TopicPartition]) -> Set<LaneID> {
        Set(partitions.filter { $0.topic == topics.ledger }.map { LaneID(Int($0.partition)) })
    }

    private func assigned(_ partitions: [TopicPartition]) async {
        let mine = laneIDs(partitions)
        epoch += 1
        do {
            try await member.answerAssigned()
        } catch {
            logger.warning(
                "the assignment could not be answered; waiting for the next one",
                metadata: ["error": "\(error)"])
            return
        }
        logger.info(
            "lanes assigned",
            metadata: [
                "lanes": "\(mine.map(\.number).sorted())", "of": "\(lanesInAll)",
                "epoch": "\(epoch)",
            ])
        for (lane, stand) in lanes {
            guard case .parked = stand, !mine.contains(lane) else { continue }
            lanes[lane] = nil
            inbox.post(.laneLost(lane))
        }
        for lane in mine.sorted() { takeOver(lane) }
    }

    private func takeOver(_ lane: LaneID) {
        let epoch = epoch
        var parked: (highWatermark: Int64, cursors: [SourcePartition: Int64])?
        if case .parked(let highWatermark, let cursors)? = lanes[lane] {
            parked = (highWatermark, cursors)
        }
        let task = Task { [parked] in await self.restore(lane, epoch: epoch, parked: parked) }
        lanes[lane] = .restoring(task)
    }

    private func revoked(_ partitions: [TopicPartition], lost: Bool) async {
        let gone = laneIDs(partitions).union(lanes.keys.filter { !isParked($0) })
        logger.info(
            lost ? "lanes lost" : "lanes revoked",
            metadata: ["lanes": "\(gone.map(\.number).sorted())"])
        await stopRestoring(gone)
        for lane in gone.sorted() {
            guard case .active? = lanes[lane] else { continue }
            if lost {
                lanes[lane] = nil
                inbox.post(.laneLost(lane))
            } else {
                lanes[lane] = .closing
                inbox.post(.laneRevoked(lane))
            }
        }
        while gone.contains(where: isClosing) {
            await withCheckedContinuation { releases.append($0) }
        }
        await giveUp(gone)
        do {
            try await member.answerRevoked()
        } catch {
            logger.warning(
                "the revocation could not be answered", metadata: ["error": "\(error)"])
        }
    }

    private func isParked(_ lane: LaneID) -> Bool {
        if case .parked? = lanes[lane] { true } else { false }
    }

    private func isClosing(_ lane: LaneID) -> Bool {
        if case .closing? = lanes[lane] { true } else { false }
    }

    private func stopRestoring(_ gone: Set<LaneID>) async {
        for lane in gone {
            guard case .restoring(let task)? = lanes[lane] else { continue }
            task.cancel()
            restorations[lane]?.cancel()
            await task.value
            // It may have got through in the last moment.
            if case .restoring? = lanes[lane] {
                lanes[lane] = nil
                inbox.post(.laneLost(lane))
            }
        }
    }

    /// The engine has recorded what must be recorded.
    func released(_ lane: LaneID, isClean: Bool) {
        guard isClosing(lane) else { return }
        lanes[lane] = .released(isClean: isClean)
        for release in releases { release.resume() }
        releases = []
    }

    /// Ends everything that is done in the lanes' name; from here on another worker may own them.
    private func giveUp(_ gone: Set<LaneID>) async {
        let cursors = await writer.disown(gone)
        for lane in gone.sorted() {
            for partition in feed.partitions(of: lane) {
                feed.ended(partition)
                try? await reader.stop(partition)
            }
            guard case .released(let isClean)? = lanes[lane] else { continue }
            if isClean, let cursors = cursors[lane],
                let mark = try? await member.highWatermark(of: topics.ledgerPartition(of: lane))
            {
                lanes[lane] = .parked(highWatermark: mark, cursors: cursors)
            } else {
                // Its state in memory may differ from the ledger: it must be read again.
                lanes[lane] = nil
                inbox.post(.laneLost(lane))
            }
        }
    }
}
