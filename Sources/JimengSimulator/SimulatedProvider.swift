// The provider as a value: a request and an instant in, an answer out.

/// Plays the provider of `jimeng-api.md`: signatures, limits, models, tasks, money, and faults on
/// order.
///
/// It has no clock, no I/O and no randomness but its seed, so a run replays from its requests and
/// their instants. Instants that go backwards are read as the latest one seen.
package struct SimulatedProvider: Sendable {
    /// What it was set up with.
    package let options: ProviderOptions
    /// The faults; may be changed at any time and holds for the calls that follow.
    package var dial: FaultDial

    let signatures: SignatureCheck
    var now = WallTime(nanoseconds: 0)
    var generator: SplitMix64
    var accounts: [AccountState]
    /// Every accepted submission, in order; its number is its position plus one.
    var tasks: [SimulatedTask] = []
    var positions: [String: Int] = [:]
    var markerUses = MarkerUses()
    var counts = RequestCounts()

    package init(_ options: ProviderOptions = ProviderOptions(), dial: FaultDial = FaultDial()) {
        (self.options, self.dial) = (options, dial)
        signatures = SignatureCheck(
            accounts: options.accounts, allowedSkew: options.allowedSkew)
        generator = SplitMix64(seed: options.seed)
        accounts = options.accounts.map(AccountState.init)
    }

    /// Answers one request. Paths: `/` is the provider's API, `/videos/` and `/images/` are files,
    /// `/_sim/` is the simulator's own desk.
    package mutating func handle(_ request: SimulatedRequest, at instant: WallTime)
        -> SimulatedAnswer
    {
        now = max(now, instant)
        let path = request.path
        if path == "/" { return answerCall(request) }
        if path.hasPrefix("/videos/") { return serveVideo(request) }
        if path.hasPrefix("/images/") { return serveImage(request) }
        if path.hasPrefix("/_sim/") { return answerDesk(request) }
        return .text(404, "There is nothing at \(path). See /_sim/help.\n")
    }

    /// Notes that an answer did not reach its client, although nothing had been ordered to stop it.
    /// The receipt must come from an answer of this provider.
    package mutating func lost(_ receipt: Receipt) {
        switch receipt {
        case .acceptance(let number):
            tasks[number - 1].answerLoss = "unwritten"
            counts.countLoss("unwritten")
        case .delivery(let number):
            takeBackDelivery(number - 1)
            counts.countLoss("unwritten")
        }
    }

    // MARK: Calls

    private mutating func answerCall(_ request: SimulatedRequest) -> SimulatedAnswer {
        let bodies = ServiceBodies(at: now, &generator)
        var faults = CallFaults()
        var answer: SimulatedAnswer
        do throws(Refusal) {
            let action = try Action(of: request)
            let caller = try signatures.caller(of: request, at: now + dial.clockSkew)
            let call = Call(action: action, caller: caller, request: request)
            switch action {
            case .submit: answer = try submit(call, bodies, &faults)
            case .query: answer = try query(call, bodies, &faults)
            }
        } catch {
            counts.count(Self.actionName(request), code: error.code)
            answer = bodies.refusal(error, request: request)
        }
        spoil(&answer, faults)
        return answer
    }

    /// The name calls are counted under: a stranger's words do not grow the table.
    static func actionName(_ request: SimulatedRequest) -> String {
        request.queryValue("Action").flatMap(Action.init(rawValue:))?.rawValue ?? "unknown"
    }

    /// Ends the call before it is handled, if its faults say so.
    mutating func interrupt(_ call: Call, _ faults: inout CallFaults) throws(Refusal)
        -> SimulatedAnswer?
    {
        if faults.drops {
            counts.count(call.action.rawValue, unhandled: "dropped_before_handling")
            return SimulatedAnswer(status: 502, fault: .dropBeforeHandling)
        }
        if let page = faults.page {
            counts.count(call.action.rawValue, unhandled: "html_\(page)")
            return .page(page)
        }
        if let refusal = faults.refusal { throw Refusal(refusal) }
        return nil
    }

    /// Delays and damages an answer as its faults say, and notes who will not learn what.
    private mutating func spoil(_ answer: inout SimulatedAnswer, _ faults: CallFaults) {
        answer.delay = faults.delay
        guard answer.fault == nil else { return }
        var loss = faults.loss
        if case .acceptance = answer.receipt { loss = faults.lossOnAcceptance ?? loss }
        guard let loss else { return }
        counts.countLoss(loss.name)
        switch answer.receipt {
        case .acceptance(let number): tasks[number - 1].answerLoss = loss.name
        case .delivery(let number): takeBackDelivery(number - 1)
        case nil: break
        }
        answer.receipt = nil
        answer.suffer(loss)
    }

    private mutating func takeBackDelivery(_ position: Int) {
        tasks[position].deliveries -= 1
        if tasks[position].deliveries == 0 { tasks[position].firstDeliveredAt = nil }
    }
}

extension SimulatedAnswer {
    /// Applies the damage; the delay stays.
    fileprivate mutating func suffer(_ loss: AnswerLoss) {
        switch loss {
        case .dropped: fault = .dropAfterHandling
        case .truncated: fault = .truncate(afterBytes: body.count / 2)
        case .empty: body = []
        case .page(let status):
            let held = delay
            self = .page(status)
            delay = held
        }
    }
}
