// Submits: limits, checks, and the acceptance that costs money.

import Crypto

extension SimulatedProvider {
    /// Handles a submit. Order: rate, ordered faults, body, concurrency, acceptance.
    mutating func submit(_ call: Call, _ bodies: ServiceBodies, _ faults: inout CallFaults)
        throws(Refusal) -> SimulatedAnswer
    {
        guard accounts[call.caller.account].submits.admit(at: now) else { throw Refusal(50429) }
        faults = dial.drawCall(refusals: dial.submitRefusals, &generator)
        let form = try SubmitForm(json: call.request.body)
        let prompt = form.prompt ?? ""
        let markers = try PromptMarker.all(in: prompt)
        markerUses.order(markers, prompt, &faults)
        if let answer = try interrupt(call, &faults) { return answer }
        let model = try form.checked()
        try accounts[call.caller.account].checkConcurrency(at: now)

        var taskFaults = dial.drawTask(&generator)
        markerUses.order(markers, prompt, &taskFaults)
        if let loss = markerUses.lossOnAcceptance(markers, prompt) {
            faults.lossOnAcceptance = loss
        }
        let task = accept(call, form, model, taskFaults)
        counts.count(call.action.rawValue, code: 10000)
        var answer = bodies.accepted(taskID: task.id)
        answer.receipt = .acceptance(task.number)
        return answer
    }

    private mutating func accept(
        _ call: Call, _ form: SubmitForm, _ model: SimulatedModel, _ faults: TaskFaults
    ) -> SimulatedTask {
        let frames = form.length(for: model)
        let time = generationTime(model, frames, faults)
        let task = SimulatedTask(
            number: tasks.count + 1, id: newTaskID(), account: call.caller.account,
            accessKeyID: call.caller.accessKeyID, model: model, frames: frames,
            bodySHA256: hex(SHA256.hash(data: call.request.body)),
            promptStart: Self.start(of: form.prompt ?? "", bytes: 80), acceptedAt: now,
            generatingAt: now + time * options.queuedShare, finishesAt: now + time,
            faults: faults, queryErrors: faults.queryErrors, statuses: faults.statuses)
        positions[task.id] = tasks.count
        tasks.append(task)
        accounts[call.caller.account].start(until: task.finishesAt)
        return task
    }

    private mutating func generationTime(
        _ model: SimulatedModel, _ frames: Int, _ faults: TaskFaults
    ) -> Duration {
        if let time = faults.time { return time }
        let drawn = options.times.draw(model: model.key, frames: frames, &generator)
        return drawn + faults.extraTime / options.times.speedUp
    }

    /// A decimal string of 19 or 20 digits, often over Int64, as real ids are (section 3b).
    private mutating func newTaskID() -> String {
        while true {
            let id = String(
                UInt64.random(in: 1_000_000_000_000_000_000...UInt64.max, using: &generator))
            if positions[id] == nil { return id }
        }
    }

    /// The beginning of a text, cut between characters.
    private static func start(of text: String, bytes: Int) -> String {
        var start = ""
        var room = bytes
        for character in text {
            room -= character.utf8.count
            if room < 0 { break }
            start.append(character)
        }
        return start
    }
}
