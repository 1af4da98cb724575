// Queries: where a task stands, and the handing out of its video.

import FoundationEssentials

extension SimulatedProvider {
    /// Handles a query. Unknown, foreign, lost and too old tasks are `not_found`.
    mutating func query(_ call: Call, _ bodies: ServiceBodies, _ faults: inout CallFaults)
        throws(Refusal) -> SimulatedAnswer
    {
        guard accounts[call.caller.account].queries.admit(at: now) else { throw Refusal(50429) }
        faults = dial.drawCall(refusals: dial.queryRefusals, &generator)
        if let answer = try interrupt(call, &faults) { return answer }
        let form = try QueryForm(json: call.request.body)
        guard let reqKey = form.reqKey, !reqKey.isEmpty, let taskID = form.taskID, !taskID.isEmpty
        else { throw .invalidInput("req_key and task_id are needed") }
        guard let position = find(taskID, call.caller) else {
            counts.count(call.action.rawValue, code: 10000)
            return bodies.status("not_found")
        }
        // A key that is not the task's own fails (new-api issue 3533).
        guard tasks[position].model.key == reqKey else {
            throw .invalidInput("the task was not submitted with this req_key")
        }
        tasks[position].queries += 1
        if let code = tasks[position].queryErrors.takeNext() {
            (faults.page, faults.refusal) = code < 600 ? (code, nil) : (nil, code)
            if let answer = try interrupt(call, &faults) { return answer }
        }
        let answer = try show(position, form, bodies, host: call.request.headers.first("Host"))
        counts.count(call.action.rawValue, code: 10000)
        return answer
    }

    /// The position of a task that this caller may see.
    private func find(_ taskID: String, _ caller: SignatureCheck.Caller) -> Int? {
        guard let position = positions[taskID] else { return nil }
        let task = tasks[position]
        let isKept = now < task.acceptedAt + options.retention
        return task.account == caller.account && isKept && !task.faults.isLost ? position : nil
    }

    private mutating func show(
        _ position: Int, _ form: QueryForm, _ bodies: ServiceBodies, host: String?
    ) throws(Refusal) -> SimulatedAnswer {
        if let status = tasks[position].statuses.takeNext() { return bodies.status(status) }
        if generator.chance(dial.unknownStatuses),
            let status = dial.unknownStatusTexts.randomElement(using: &generator)
        {
            return bodies.status(status)
        }
        let task = tasks[position]
        let phase = task.phase(at: now)
        guard phase == .done else { return bodies.status(phase.rawValue) }
        if let failure = task.faults.failure { throw Refusal(failure) }
        guard now >= task.finishesAt + task.faults.linkDelay else { return bodies.status("done") }
        return deliver(
            position, form, bodies, base: options.publicBaseURL ?? "http://\(host ?? "")")
    }

    private mutating func deliver(
        _ position: Int, _ form: QueryForm, _ bodies: ServiceBodies, base: String
    ) -> SimulatedAnswer {
        let task = tasks[position]
        let start = options.linkStart == .query ? now : task.finishesAt + task.faults.linkDelay
        tasks[position].linkExpiresAt = start + (task.faults.linkLife ?? options.linkLife)
        tasks[position].deliveries += 1
        if task.firstDeliveredAt == nil { tasks[position].firstDeliveredAt = now }
        var answer =
            switch task.model.product {
            case .video: bodies.video(url: "\(base)/videos/\(task.id).mp4")
            case .image: images(wantsLinks: form.wantsLinks, bodies, base: base)
            }
        answer.receipt = .delivery(task.number)
        return answer
    }

    private func images(wantsLinks: Bool, _ bodies: ServiceBodies, base: String)
        -> SimulatedAnswer
    {
        let image = SampleImage.all[0]
        return wantsLinks
            ? bodies.images(links: ["\(base)/images/\(image.name)"], base64: [])
            : bodies.images(links: [], base64: [Data(image.bytes).base64EncodedString()])
    }
}
