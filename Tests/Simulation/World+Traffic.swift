// Requests come in and are read; the ledger is read on for late notes.

import JobEngine

extension World {
    /// The user sends request number `number`: mostly a new id, now and then an old one, a cancel or rubbish.
    mutating func produce(_ number: Int) {
        if number < weather.traffic.count { return send(weather.traffic[number], number) }
        let partition = SourcePartition(
            topic: "requests", partition: Int32(number % weather.partitions))
        if strikes(.sameID), let id = anID(in: partition) { return send(id, to: partition) }
        if strikes(.rubbish) { return sendRubbish("rubbish-\(number)", to: partition) }
        send("job-\(number)", to: partition)
        if repetitions.happens(weather.rate(.repetition)) {
            schedule(
                .repetition("job-\(number)", partition), in: Int64(repetitions.below(120_000)))
        }
        if strikes(.cancel), let id = anID(in: partition) {
            schedule(.cancel(id, partition), in: Int64(chance.below(20_000)))
        }
    }

    mutating func sendCancel(of id: JobID, to partition: SourcePartition) {
        let source = nextSource(partition)
        auditor.cancelWished(id, source)
        deliver(.cancel(id, source), to: partition)
    }

    private mutating func anID(in partition: SourcePartition) -> JobID? {
        broker.requests[partition]?.compactMap { intake in
            if case .request(let request) = intake { request.id } else { nil }
        }.randomElement(using: &chance)
    }

    private func nextSource(_ partition: SourcePartition) -> Source {
        Source(partition: partition, offset: broker.end(of: partition))
    }

    mutating func send(_ id: JobID, to partition: SourcePartition) {
        let sentAt = Instant(milliseconds: Self.epochStart + now)
        var request = Request(
            id: id, source: nextSource(partition), requestedAt: sentAt,
            model: chance.happens(300) ? "pro" : "model")
        request.priority = chance.below(10)
        request.tenant = weather.tenant(of: id)
        request.cost = weather.cost(of: id)
        request.wantsProbe = strikes(.probe)
        request.payload = [UInt8](repeating: 0, count: 100)
        if strikes(.deadline) {
            request.deadline = sentAt + .milliseconds(chance.from(1000...90_000))
        }
        if chance.happens(100) {
            request.notBefore = sentAt + .milliseconds(chance.from(1000...30_000))
        }
        auditor.asked(for: id)
        deliver(.request(request), to: partition)
    }

    /// A request as a scenario wants it.
    private mutating func send(_ wanted: Traffic, _ number: Int) {
        let partition = SourcePartition(topic: "requests", partition: Int32(wanted.partition))
        let sentAt = Instant(milliseconds: Self.epochStart + now)
        var request = Request(
            id: Traffic.id(number), source: nextSource(partition), requestedAt: sentAt,
            model: "model")
        request.tenant = wanted.tenant
        request.cost = 1
        request.payload = [UInt8](repeating: 0, count: 100)
        auditor.asked(for: request.id)
        deliver(.request(request), to: partition)
    }

    private mutating func sendRubbish(_ id: JobID, to partition: SourcePartition) {
        let sentAt = Instant(milliseconds: Self.epochStart + now)
        auditor.asked(for: id)
        deliver(
            .rejected(
                Rejection(
                    id: id, source: nextSource(partition), requestedAt: sentAt, readAt: sentAt,
                    cause: FailureCause(.invalidRequest, message: "no prompt"), model: nil,
                    payload: [], headers: [])), to: partition)
    }

    private mutating func deliver(_ intake: Intake, to partition: SourcePartition) {
        history.note(now, "user → \(partition.partition): \(History.say(intake))")
        broker.produce(intake, to: partition)
        for worker in workers.indices where workers[worker].isUp {
            scheduleDelivery(partition, worker)
        }
    }

    // MARK: Reading

    mutating func read(_ lane: LaneID, _ partition: SourcePartition, count: Int, _ worker: Int) {
        guard workers[worker].readers[partition]?.lane == lane else { return }
        workers[worker].readers[partition]?.demand += count
        scheduleDelivery(partition, worker)
    }

    private mutating func scheduleDelivery(_ partition: SourcePartition, _ worker: Int) {
        guard let reader = workers[worker].readers[partition], reader.demand > 0 else { return }
        schedule(
            member(worker), .deliver(partition, generation: reader.generation),
            in: chance.delay(1...100))
    }

    mutating func deliver(_ partition: SourcePartition, _ generation: Int, _ worker: Int) {
        guard let reader = workers[worker].readers[partition], reader.generation == generation,
            reader.demand > 0, workers[worker].holds[reader.lane]?.epoch != nil,
            let log = broker.requests[partition], reader.position < log.count
        else { return }
        workers[worker].readers[partition]?.position += 1
        workers[worker].readers[partition]?.demand -= 1
        scheduleDelivery(partition, worker)
        feed(.requestRead(reader.lane, log[Int(reader.position)]), to: worker)
    }

    /// Asks where the lane's request partitions end, and again every few seconds while it is held.
    mutating func measure(_ lane: LaneID, _ epoch: Epoch, _ worker: Int) {
        guard workers[worker].holds[lane]?.epoch == epoch else { return }
        let ends = partitions(of: lane).map { ($0, broker.end(of: $0)) }
        schedule(
            member(worker),
            .measured(
                lane, epoch, ends: Dictionary(uniqueKeysWithValues: ends), asOf: clock(worker)),
            in: surveys.delay(5...3000))
        schedule(member(worker), .measure(lane, epoch), in: isCalm ? 30_000 : 5000)
    }

    mutating func readTail(of lane: LaneID, _ worker: Int) {
        guard workers[worker].holds[lane]?.epoch != nil else { return }
        let notes = broker.notes(lane, from: workers[worker].tails[lane] ?? 0)
        workers[worker].tails[lane] = broker.lastStableOffset(lane)
        for note in notes { feed(.lateNoteRead(lane, note), to: worker) }
    }
}
