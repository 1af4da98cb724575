// What /readyz and /livez say of a state.

import Observability
import Testing
import WorkerRuntime

@Suite("Health")
struct HealthTests {
    private static var well: HealthState {
        var state = HealthState()
        state.brokersUp = 3
        state.isInGroup = true
        state.lanesOwned = 2
        state.accounts = 2
        return state
    }

    /// What makes a worker unready, and what is said of it.
    private static let troubles: [(String, @Sendable (inout HealthState) -> Void)] = [
        ("[-] broker: no broker is connected", { $0.brokersUp = 0 }),
        ("[-] lanes: the consumer group has not answered yet", { $0.isInGroup = false }),
        ("[-] lanes: 1 being restored, 2 owned", { $0.lanesRestoring = 1 }),
        (
            "[-] account: a is refused: 50400 no; b is refused: 50400 no",
            { $0.refusedAccounts = ["a": "50400 no", "b": "50400 no"] }
        ),
        (
            "[-] watchdog: nothing is committed to the ledger, although there is something to write",
            { $0.stalled = [.ledger] }
        ),
        ("[-] drain: draining: lanes go to other workers", { $0.isDraining = true }),
    ]

    @Test("each trouble makes a worker unready, and is named", arguments: 0..<6)
    func troubles(number: Int) {
        let (line, change) = Self.troubles[number]
        var state = Self.well
        change(&state)
        let answer = WorkerPages.readyz(state)
        #expect(answer.status == 503)
        #expect(answer.body.contains(line + "\n"), "\(answer.body)")
        #expect(WorkerPages.livez(state).status == 200)
    }

    @Test("a worker that is well is ready, and so is a standby without lanes")
    func ready() {
        var state = Self.well
        #expect(WorkerPages.readyz(state).status == 200)
        state.lanesOwned = 0
        #expect(WorkerPages.readyz(state).status == 200)
        #expect(WorkerPages.readyz(state).body.contains("[+] lanes: none: a standby"))
    }

    @Test("one account that is refused leaves the others to work with")
    func oneAccount() {
        var state = Self.well
        state.refusedAccounts = ["a": "50400 no"]
        #expect(WorkerPages.readyz(state).status == 200)
        #expect(WorkerPages.readyz(state).body.contains("[+] account: a is refused: 50400 no"))
    }

    @Test("a worker that has just been started is alive and not ready")
    func starting() {
        #expect(WorkerPages.livez(HealthState()).status == 200)
        #expect(WorkerPages.readyz(HealthState()).status == 503)
    }

    @Test("a worker beyond recovery is not alive, and says why")
    func hopeless() {
        var state = Self.well
        state.stalled = [.engine]
        state.isHopeless = true
        let answer = WorkerPages.livez(state)
        #expect(answer.status == 503)
        #expect(answer.body.contains("the loop that decides does not get on"))
    }
}
