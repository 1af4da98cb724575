// Markers in the prompt: faults ordered for single jobs.

/// A fault that a prompt asks for. This is the one place where markers are documented.
///
/// A marker is written `[sim:NAME]`, `[sim:NAME=ARGUMENT]`, `[sim:NAME=ARGUMENTxN]` or
/// `[sim:NAME=xN]` anywhere in the prompt; a prompt may hold several. With `xN` a marker holds
/// the first N times, without it always. Submits and tasks are counted by the whole prompt, so
/// give each job a prompt of its own; query errors and statuses are counted by task. Times
/// written in markers are not sped up. An unknown or malformed marker is refused with 50215, so
/// that a mistyped one is noticed.
struct PromptMarker: Sendable, Equatable {
    enum Effect: Sendable, Equatable {
        case refuse(Int), dropBefore, page(Int), slow(Duration)
        case dropAfterAccept, pageAfterAccept(Int), truncate, empty
        case lost, fail(Int), time(Duration), withoutLink(Duration), link(Duration)
        case queryError(Int), status(String)
    }

    /// The marker as written, without brackets.
    let text: String
    let effect: Effect
    /// How often it holds; nil means always.
    let times: Int?

    /// The markers of a prompt, in order.
    static func all(in prompt: String) throws(Refusal) -> [PromptMarker] {
        var markers: [PromptMarker] = []
        var rest = prompt[...]
        while let start = rest.firstRange(of: "[sim:") {
            guard let end = rest[start.upperBound...].firstIndex(of: "]") else {
                throw .invalidInput("a simulator marker is not closed by ]")
            }
            let text = rest[start.upperBound..<end]
            guard let marker = PromptMarker(text) else {
                throw .invalidInput("[sim:\(text)] is no marker of the simulator")
            }
            markers.append(marker)
            rest = rest[rest.index(after: end)...]
        }
        return markers
    }

    private init?(_ text: Substring) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        var argument = parts.count > 1 ? parts[1] : ""
        var times: Int?
        if let mark = argument.lastIndex(of: "x"),
            let count = Int(argument[argument.index(after: mark)...]), count >= 0
        {
            times = count
            argument = argument[..<mark]
        }
        guard let effect = Self.effect(name: String(parts[0]), String(argument)) else { return nil }
        (self.text, self.effect, self.times) = (String(text), effect, times)
    }

    private static func effect(name: String, _ argument: String) -> Effect? {
        switch name {
        case "refuse", "reject": code(argument).map(Effect.refuse)
        case "fail": code(argument).map(Effect.fail)
        case "html": pageStatus(argument).map(Effect.page)
        case "html-after-accept": pageStatus(argument).map(Effect.pageAfterAccept)
        case "query-error": (code(argument) ?? pageStatus(argument)).map(Effect.queryError)
        case "slow": duration(argument).map(Effect.slow)
        case "time": duration(argument).map(Effect.time)
        case "no-url": duration(argument).map(Effect.withoutLink)
        case "link": duration(argument).map(Effect.link)
        case "status": argument.isEmpty ? nil : .status(argument)
        default: argument.isEmpty ? bare[name] : nil
        }
    }

    private static let bare: [String: Effect] = [
        "drop-before": .dropBefore, "drop-after-accept": .dropAfterAccept, "truncate": .truncate,
        "empty": .empty, "lost": .lost,
    ]

    private static func code(_ text: String) -> Int? {
        Int(text).flatMap { ProviderCode.isRefusal($0) ? $0 : nil }
    }

    private static func pageStatus(_ text: String) -> Int? {
        Int(text).flatMap { (500...599).contains($0) ? $0 : nil }
    }

    /// `250ms`, `3s`, `2m`, `12h`, with decimals if wanted; at most a year.
    private static func duration(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        guard let (suffix, seconds) = units.first(where: { text.hasSuffix($0.0) }),
            let number = Double(text.dropLast(suffix.count)), number >= 0,
            number * seconds <= 366 * 86_400
        else { return nil }
        return .seconds(number * seconds)
    }
}

extension SimulatedProvider {
    /// What markers there are, for people; `jimeng` prints it.
    package static let markersHelp = """
        Markers in a prompt order faults for that one job. With xN at the end of the argument
        (or =xN where there is none) they hold the first N times, otherwise always.

        at submit
          [sim:refuse=50430x3]       refused with that code (service 5xxxx or gateway 1000xx), 3 times
          [sim:reject=50412]         the same; reads better for review codes
          [sim:drop-before]          connection closed, nothing accepted
          [sim:html=502]             HTML page with that status, nothing accepted
          [sim:slow=3s]              answer held back (also 250ms, 2m, 1h)
          [sim:drop-after-accept]    accepted, then connection closed without an answer
          [sim:html-after-accept=504] accepted, then an HTML page
          [sim:truncate] [sim:empty] answer cut in half; answer without a body
        the task
          [sim:time=20s]             takes exactly that long
          [sim:fail=50516]           ends with that code at query, not charged
          [sim:lost]                 not_found for ever, charged
          [sim:no-url=5s]            done without a link for that long
          [sim:link=2s]              its link lives that long
        at query (counted by task)
          [sim:query-error=50500x2]  code, or 502 and the like for an HTML page
          [sim:status=pending_review] that status instead of the true one (expired, failed, ...)

        Example: a cat [sim:refuse=50430x3] [sim:time=20s]
        """
}
