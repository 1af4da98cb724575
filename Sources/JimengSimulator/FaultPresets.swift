// The named settings of the fault dial.

extension FaultDial {
    /// A dial by name, for command lines and demos.
    package enum Preset: String, CaseIterable, Sendable {
        /// No faults.
        case off
        /// What a good week looks like: now and then a refusal, a slow answer, a page.
        case light
        /// Some of everything; work still gets done.
        case rough
        /// The provider is down: no call gets through.
        case outage

        /// The dial of that name.
        package var dial: FaultDial {
            switch self {
            case .off: FaultDial()
            case .light: .light
            case .rough: .rough
            case .outage: .outage
            }
        }
    }

    private static var light: FaultDial {
        var dial = FaultDial()
        dial.submitRefusals = [50429: 0.01, 50430: 0.02]
        dial.queryRefusals = [50429: 0.01, 50500: 0.005]
        dial.htmlPages = 0.005
        dial.slowAnswers = 0.02
        dial.failedTasks = [50511: 0.01, 50516: 0.01]
        return dial
    }

    private static var rough: FaultDial {
        var dial = FaultDial()
        dial.submitRefusals = [
            50411: 0.01, 50412: 0.01, 50413: 0.01, 50429: 0.05, 50430: 0.08, 50500: 0.02,
            50501: 0.02, 100014: 0.01, 100018: 0.02, 100023: 0.01,
        ]
        dial.queryRefusals = [50429: 0.05, 50500: 0.03, 50501: 0.03, 100016: 0.01, 100018: 0.02]
        (dial.dropBeforeHandling, dial.dropAfterAcceptance) = (0.02, 0.02)
        (dial.htmlPages, dial.htmlPagesAfterAcceptance) = (0.02, 0.01)
        (dial.truncatedAnswers, dial.emptyBodies) = (0.01, 0.01)
        (dial.slowAnswers, dial.slowDelay) = (0.05, .milliseconds(200) ... .seconds(3))
        dial.failedTasks = [50511: 0.02, 50516: 0.02, 50518: 0.01]
        (dial.lostTasks, dial.lateSuccesses) = (0.01, 0.02)
        (dial.doneWithoutURL, dial.unknownStatuses, dial.expiringLinks) = (0.05, 0.03, 0.03)
        return dial
    }

    private static var outage: FaultDial {
        var dial = FaultDial()
        (dial.dropBeforeHandling, dial.htmlPages) = (0.3, 1)
        (dial.slowAnswers, dial.slowDelay) = (0.3, .seconds(1) ... .seconds(10))
        return dial
    }
}
