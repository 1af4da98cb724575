// The faults that were chosen for one call or one task, from the dial or from markers.

/// How an answer is spoilt after the call was carried out.
enum AnswerLoss: Sendable, Equatable {
    case dropped
    case page(Int)
    case truncated
    case empty

    /// The word on the invoice.
    var name: String {
        switch self {
        case .dropped: "dropped"
        case .page(let status): "html_\(status)"
        case .truncated: "truncated"
        case .empty: "empty"
        }
    }
}

/// What happens to one call.
struct CallFaults: Sendable, Equatable {
    /// Before handling: the connection closes.
    var drops = false
    /// Before handling: a page with that status.
    var page: Int?
    /// Before handling: refused with that code.
    var refusal: Int?
    /// The answer is held back that long.
    var delay: Duration = .zero
    /// Any answer is spoilt.
    var loss: AnswerLoss?
    /// The answer is spoilt if the submit was accepted; goes before `loss`.
    var lossOnAcceptance: AnswerLoss?
}

/// What happens to one task, settled when it is accepted.
struct TaskFaults: Sendable, Equatable {
    /// It is not found for ever.
    var isLost = false
    /// It ends with that code instead of a video.
    var failure: Int?
    /// Between finishing and having a link.
    var linkDelay: Duration = .zero
    /// Replaces the usual life of its link.
    var linkLife: Duration?
    /// Replaces the drawn generation time.
    var time: Duration?
    /// Added to the drawn generation time before speed-up.
    var extraTime: Duration = .zero
    /// Errors that its queries run into, in order.
    var queryErrors: [Repeated<Int>] = []
    /// Statuses that its queries show instead of the true one, in order.
    var statuses: [Repeated<String>] = []
}

/// Something that happens a number of times, or for ever.
struct Repeated<Value: Sendable & Equatable>: Sendable, Equatable {
    let value: Value
    /// How often it still happens; nil means always.
    var left: Int?
}

extension Array {
    /// Takes one occurrence of the first entry that still happens.
    mutating func takeNext<Value>() -> Value? where Element == Repeated<Value> {
        guard let index = firstIndex(where: { $0.left != 0 }) else { return nil }
        if let left = self[index].left { self[index].left = left - 1 }
        return self[index].value
    }
}

extension FaultDial {
    /// Draws the faults of a call; `refusals` are those of its action.
    func drawCall(refusals: [Int: Double], _ generator: inout SplitMix64) -> CallFaults {
        var faults = CallFaults()
        faults.drops = generator.chance(dropBeforeHandling)
        if generator.chance(htmlPages) {
            faults.page = htmlStatuses.randomElement(using: &generator)
        }
        faults.refusal = Self.drawCode(refusals, &generator)
        if generator.chance(slowAnswers) { faults.delay = generator.duration(in: slowDelay) }
        if generator.chance(truncatedAnswers) {
            faults.loss = .truncated
        } else if generator.chance(emptyBodies) {
            faults.loss = .empty
        }
        if generator.chance(dropAfterAcceptance) {
            faults.lossOnAcceptance = .dropped
        } else if generator.chance(htmlPagesAfterAcceptance) {
            faults.lossOnAcceptance = .page(
                htmlStatuses.randomElement(using: &generator) ?? 502)
        }
        return faults
    }

    /// Draws the faults of a task.
    func drawTask(_ generator: inout SplitMix64) -> TaskFaults {
        var faults = TaskFaults()
        faults.isLost = generator.chance(lostTasks)
        faults.failure = Self.drawCode(failedTasks, &generator)
        if generator.chance(doneWithoutURL) { faults.linkDelay = doneWithoutURLFor }
        if generator.chance(lateSuccesses) { faults.extraTime = lateSuccessBy }
        if generator.chance(expiringLinks) { faults.linkLife = expiringLinkLife }
        return faults
    }

    /// One code of the map, or none with what is left of the probability. Sorted, because the
    /// order of a dictionary differs from run to run.
    private static func drawCode(_ codes: [Int: Double], _ generator: inout SplitMix64) -> Int? {
        guard codes.values.contains(where: { $0 > 0 }) else { return nil }
        var point = generator.unit()
        for (code, probability) in codes.sorted(by: { $0.key < $1.key }) {
            point -= probability
            if point < 0 { return code }
        }
        return nil
    }
}
