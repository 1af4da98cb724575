// One accepted submission: the task's life, what it costs and what became of its answers.

/// A task at the simulated provider. Its whole future is settled when it is accepted.
struct SimulatedTask: Sendable {
    /// Where a task stands, as the status words of section 4 have it.
    enum Phase: String, Sendable {
        case queued = "in_queue"
        case generating
        case done
    }

    /// 1 for the first accepted submission of the provider.
    let number: Int
    let id: String
    /// Position in the list of accounts.
    let account: Int
    let accessKeyID: String
    let model: SimulatedModel
    let frames: Int
    let bodySHA256: String
    let promptStart: String
    let acceptedAt: WallTime
    let generatingAt: WallTime
    let finishesAt: WallTime
    let faults: TaskFaults

    /// How the answer to the submit was lost, if it was.
    var answerLoss: String?
    /// When its video was first handed out, and how often.
    var firstDeliveredAt: WallTime?
    var deliveries = 0
    var queries = 0
    var videoFetches = 0
    /// Until when its link works; nil before there is one.
    var linkExpiresAt: WallTime?
    /// What its queries still run into.
    var queryErrors: [Repeated<Int>]
    var statuses: [Repeated<String>]

    func phase(at now: WallTime) -> Phase {
        if now >= finishesAt { return .done }
        return now >= generatingAt ? .generating : .queued
    }

    /// Billed only when a video is made (section 8); a lost task was made all the same.
    func charge(at now: WallTime) -> Fen {
        now >= finishesAt && faults.failure == nil ? model.price(frames: frames) : .zero
    }
}
