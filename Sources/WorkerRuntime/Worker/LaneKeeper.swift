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
    let observation: Observation

    /// See `WorkerSettings.partitionsSeen`.
    let partitionsSeen: @Sendable (_ told: Int) -> Int
    /// Those that this worker has keys for.
    private(set) var accounts: Set<String>

    var lanes: [LaneID: Stand] = [:] { didSet { tellLanes() } }
    var feed = PartitionFeed()
    var restorations: [LaneID: Restoration] = [:]
    private var epoch: Epoch = 0
    /// The group's generation in which the lanes are held; nil while it is not known.
    private var generation: Int32?
    private var releases: [CheckedContinuation<Void, Never>] = []
    /// The worker ends: nothing is taken over any more.
    private(set) var isEnding = false

    /// Where this worker stands with a lane.
    enum Stand {
        case restoring(Task<Void, Never>)
        case active(Epoch)
        /// The engine has been asked to give it up.
        case closing
        case released(isClean: Bool)
        /// Given up with nothing in the air: if nobody writes in between, its state in memory stays true.
        case parked(Parking)
    }

    init(
        member: GroupMember, reader: Reader, writer: LedgerWriter, topics: Topics,
        intake: RequestIntake, lanesInAll: Int, accounts: Set<String>, inbox: Inbox,
        clock: SteadyClock, logger: Logger, observation: Observation,
        partitionsSeen: @escaping @Sendable (_ told: Int) -> Int
    ) {
        self.partitionsSeen = partitionsSeen
        self.accounts = accounts
        self.member = member
        self.reader = reader
        self.writer = writer
        self.topics = topics
        self.intake = intake
        self.lanesInAll = lanesInAll
        self.inbox = inbox
        self.clock = clock
        self.logger = logger
        self.observation = observation
    }

    /// Accounts have come. None goes: its keys stay, for the sake of its tasks.
    func learn(of accounts: Set<String>) { self.accounts.formUnion(accounts) }

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

    /// Partitions beyond the lanes are nobody's: requests, slots and rates are shared out among the lanes alone.
    private func laneIDs(_ partitions: [TopicPartition]) -> Set<LaneID> {
        let lanes = partitions.filter { $0.topic == topics.ledger }
            .map { LaneID(Int($0.partition)) }
        return Set(lanes.filter { $0.number < lanesInAll })
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
        generation = try? await member.groupMetadata().generation
        observation.rebalanced("assigned")
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
        guard !isEnding else { return }
        for lane in mine.sorted() { takeOver(lane) }
    }

    private func takeOver(_ lane: LaneID) {
        let epoch = epoch
        var parked: Parking?
        if case .parked(let parking)? = lanes[lane], parking.isFollowed(by: generation) {
            parked = parking
        }
        let task = Task { [parked] in await self.restore(lane, epoch: epoch, parked: parked) }
        lanes[lane] = .restoring(task)
    }

    /// Takes a lane over anew that this worker holds and keeps: what the engine knows of it differs from what Kafka has.
    ///
    /// The new epoch makes the writer drop whatever the engine still orders by what it knew. Answers to submits in the
    /// air find their jobs again as they do after a take-over from another worker: in doubt, waiting for late news.
    func renew(_ lane: LaneID) {
        guard case .active? = lanes[lane], !isEnding else { return }
        logger.notice("a lane is taken over anew", metadata: ["lane": "\(lane.number)"])
        epoch += 1
        let epoch = epoch
        let task = Task {
            await self.writer.disown([lane])
            await self.stopReading(lane)
            await self.restore(lane, epoch: epoch, parked: nil)
        }
        lanes[lane] = .restoring(task)
    }

    // MARK: The end

    /// Takes nothing over any more. A take-over that is under way is given up; one that gets through in the last moment
    /// is drained by the engine like any lane.
    func takeNoMore() {
        isEnding = true
        for (lane, stand) in lanes {
            guard case .restoring(let task) = stand else { continue }
            task.cancel()
            restorations[lane]?.cancel()
        }
    }

    /// Lets go of everything without asking: the worker cannot go on, or nobody is left who could answer.
    ///
    /// A revocation that waits for the engine goes on too; it would otherwise wait for ever, and `run` with it.
    func abandon() async {
        takeNoMore()
        let all = Set(lanes.keys)
        lanes = [:]
        for lane in all.sorted() { inbox.post(.laneLost(lane)) }
        for release in releases { release.resume() }
        releases = []
        // Not `disown`: that waits for a transaction whose answer may never come.
        await writer.drop(all)
    }

    private func revoked(_ partitions: [TopicPartition], lost: Bool) async {
        let gone = laneIDs(partitions).union(lanes.keys.filter { !isParked($0) })
        observation.rebalanced(lost ? "lost" : "revoked")
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
            restorations[lane] = nil
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
        var isReachable = true
        for lane in gone.sorted() {
            await stopReading(lane)
            guard case .released(let isClean)? = lanes[lane] else { continue }
            let mark = isClean && isReachable ? await settledHighWatermark(of: lane) : nil
            // The group waits for the answer: a broker that does not answer is not asked for each lane.
            isReachable = isReachable && (mark != nil || !isClean)
            guard case .released? = lanes[lane] else { continue }
            if let cursors = cursors[lane], let mark, let generation {
                lanes[lane] = .parked(
                    Parking(highWatermark: mark, cursors: cursors, generation: generation))
            } else {
                // Its state in memory may differ from the ledger: it must be read again.
                lanes[lane] = nil
                inbox.post(.laneLost(lane))
            }
        }
    }

    /// The high watermark when the markers of our own transactions are in; nil if that cannot be had soon.
    ///
    /// A commit is answered before the broker has written its marker into the ledger partition. Taken too early, the
    /// high watermark moves on without anybody having written, and the lane is read again for nothing.
    private func settledHighWatermark(of lane: LaneID) async -> Int64? {
        let partition = topics.ledgerPartition(of: lane)
        for _ in 0..<20 {
            guard let high = try? await member.highWatermark(of: partition, within: .seconds(3)),
                let stable = try? await reader.watermarks(of: partition, within: .seconds(3)).high
            else { return nil }
            if stable >= high { return high }
            try? await Task.sleep(for: .milliseconds(25))
        }
        return nil
    }

    /// Reads nothing more in the lane's name.
    func stopReading(_ lane: LaneID) async {
        for partition in feed.partitions(of: lane) {
            feed.ended(partition)
            try? await reader.stop(partition)
        }
    }
}
