// Counting the markers that hold only a number of times, and turning markers into faults.

/// How often the counted markers of each prompt have been used.
struct MarkerUses: Sendable {
    private struct Key: Hashable {
        let prompt: String
        let marker: String
    }

    private var counts: [Key: Int] = [:]

    /// Whether the marker still holds for that prompt; counts the use.
    private mutating func use(_ marker: PromptMarker, _ prompt: String) -> Bool {
        guard let times = marker.times else { return true }
        let key = Key(prompt: prompt, marker: marker.text)
        let used = counts[key, default: 0]
        guard used < times else { return false }
        counts[key] = used + 1
        return true
    }

    /// Adds what the markers order before a submit is handled. The first fault that ends the call
    /// leaves the later ones unused, so that `[sim:refuse=50430x2][sim:html=502x1]` plays in that
    /// order.
    mutating func order(_ markers: [PromptMarker], _ prompt: String, _ faults: inout CallFaults) {
        for marker in markers {
            switch marker.effect {
            case .slow(let delay):
                if use(marker, prompt) { faults.delay = delay }
            case .refuse(let code):
                if use(marker, prompt) { return faults.end(refusal: code) }
            case .page(let status):
                if use(marker, prompt) { return faults.end(page: status) }
            case .dropBefore:
                if use(marker, prompt) { return faults.end(drops: true) }
            case .dropAfterAccept, .pageAfterAccept, .truncate, .empty, .lost, .fail, .time,
                .withoutLink, .link, .queryError, .status:
                break
            }
        }
    }

    /// What the markers order for the answer to a submit that was accepted.
    mutating func lossOnAcceptance(_ markers: [PromptMarker], _ prompt: String) -> AnswerLoss? {
        for marker in markers {
            let loss: AnswerLoss
            switch marker.effect {
            case .dropAfterAccept: loss = .dropped
            case .pageAfterAccept(let status): loss = .page(status)
            case .truncate: loss = .truncated
            case .empty: loss = .empty
            default: continue
            }
            if use(marker, prompt) { return loss }
        }
        return nil
    }

    /// Adds what the markers order for a task that is being accepted.
    mutating func order(_ markers: [PromptMarker], _ prompt: String, _ faults: inout TaskFaults) {
        for marker in markers {
            switch marker.effect {
            case .lost: if use(marker, prompt) { faults.isLost = true }
            case .fail(let code): if use(marker, prompt) { faults.failure = code }
            case .time(let time): if use(marker, prompt) { faults.time = time }
            case .withoutLink(let time): if use(marker, prompt) { faults.linkDelay = time }
            case .link(let life): if use(marker, prompt) { faults.linkLife = life }
            case .queryError(let code):
                faults.queryErrors.append(Repeated(value: code, left: marker.times))
            case .status(let text):
                faults.statuses.append(Repeated(value: text, left: marker.times))
            case .slow, .refuse, .page, .dropBefore, .dropAfterAccept, .pageAfterAccept, .truncate,
                .empty:
                break
            }
        }
    }
}

extension CallFaults {
    /// Makes this the one way the call ends, whatever the dial drew.
    fileprivate mutating func end(drops: Bool = false, page: Int? = nil, refusal: Int? = nil) {
        (self.drops, self.page, self.refusal) = (drops, page, refusal)
    }
}
