// What a job wants becomes an effect, with a number by which the answer finds it.

extension Lane {
    mutating func carryOut(
        _ order: Job.Order, of id: JobID, cursor: Write.Cursor?, turn: inout Turn
    ) {
        switch order {
        case .write(let terminal, let settlesNote):
            write(id, terminal: terminal, settlesNote: settlesNote, cursor: cursor, turn: &turn)
        case .submit:
            submit(id, turn: &turn)
        case .query:
            query(id, turn: &turn)
        case .probe:
            guard let request = jobs[id]?.entry.request else { return }
            let order = ProbeOrder(reference: number(id, turn: &turn), request: request)
            turn.effects.append(.probe(order))
        case .archive:
            guard let job = jobs[id], let request = job.entry.request, let product = job.product,
                let task = job.task
            else { return }
            let order = ArchiveOrder(
                reference: number(id, turn: &turn), request: request, product: product, task: task)
            turn.effects.append(.archive(order))
        case .enqueue:
            enqueue(id, turn: turn)
        case .retire:
            retire(id, turn: &turn)
        }
    }

    /// Numbers the order that the job now waits for.
    private mutating func number(_ id: JobID, turn: inout Turn) -> JobReference {
        let serial = turn.nextSerial()
        if let place = jobs.index(forKey: id) { jobs[at: place].pending = serial }
        return JobReference(lane: self.id, job: id, serial: serial)
    }

    private mutating func write(
        _ id: JobID, terminal: Write.Terminal?, settlesNote: Bool, cursor: Write.Cursor?,
        turn: inout Turn
    ) {
        let reference = number(id, turn: &turn)
        guard let job = jobs[id] else { return }
        var write = Write(
            reference: reference, epoch: epoch, change: .put(job.entry), outcome: terminal,
            cursor: cursor)
        write.settlesNote = settlesNote
        write.spend = takeUnwrittenSpend()
        writesInFlight.insert(reference.serial)
        turn.effects.append(.write(write))
        if case .outcome(let outcome) = terminal { closed(outcome, turn: &turn) }
        if job.state == .returning, let error = job.entry.lastError {
            turn.report(.attemptFailed(id, attempt: job.entry.attempt, error))
        }
    }

    /// The job's outcome is on its way: it no longer counts as open.
    private mutating func closed(_ outcome: Outcome, turn: inout Turn) {
        openJobs -= 1
        openBytes -= outcome.entry.request?.payload.count ?? 0
        var failure: FailureKind?
        if case .failed(let cause, _) = outcome.verdict { failure = cause.kind }
        turn.report(.finished(outcome.entry.id, failure: failure))
    }

    private mutating func submit(_ id: JobID, turn: inout Turn) {
        guard let job = jobs[id], let request = job.entry.request,
            case .intent(let intent) = job.entry.phase
        else { return }
        let reference = number(id, turn: &turn)
        submitsInTheAir.insert(reference.serial)
        turn.effects.append(
            .submit(
                SubmitOrder(
                    reference: reference, attempt: job.entry.attempt, account: intent.account,
                    sendBy: intent.sendBy, request: request, aspectRatio: job.entry.aspectRatio,
                    renewals: job.entry.renewals)))
    }

    private mutating func query(_ id: JobID, turn: inout Turn) {
        guard let place = jobs.index(forKey: id) else { return }
        let taskID: String
        let account: String
        var model = jobs[at: place].entry.model
        if case .submitted(let task) = jobs[at: place].entry.phase {
            (taskID, account) = (task.id, task.account)
        } else if let hold = jobs[at: place].entry.hold, let task = hold.taskID {
            (taskID, account) = (task, hold.account)
            model = hold.model ?? model
        } else {
            return
        }
        let reference = number(id, turn: &turn)
        turn.effects.append(
            .query(
                QueryOrder(
                    reference: reference, account: account, model: model, taskID: taskID,
                    request: jobs[at: place].entry.request)))
    }

    private mutating func retire(_ id: JobID, turn: inout Turn) {
        guard let job = jobs.removeValue(forKey: id),
            case .finished(let ending) = job.entry.phase
        else { return }
        remember(id, ending, turn: &turn)
    }

    mutating func remember(_ id: JobID, _ ending: Entry.Ending, turn: inout Turn) {
        finished[id] = ending
        turn.timetable.set(.burial(self.id, id), at: ending.at + turn.policy.dedupWindow)
    }
}
