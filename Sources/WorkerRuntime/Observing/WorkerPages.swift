// The pages of a worker's admin server.

package import Observability

/// `/metrics`, `/livez`, `/readyz`, and an index of them.
package enum WorkerPages {
    package static func pages(_ registry: MetricRegistry, _ health: WorkerHealth)
        -> AdminServer.Pages
    {
        { path in
            switch path {
            case "/": index
            case "/metrics": .exposition(registry)
            case "/livez": livez(health.state)
            case "/readyz": readyz(health.state)
            default: nil
            }
        }
    }

    private static let index = AdminAnswer(
        """
        jimeng worker

          /metrics   measurements in Prometheus' text format
          /livez     200, or 503 when the process should be started again
          /readyz    200, or 503 with the reasons why it does not work at the moment

        """)

    package static func livez(_ state: HealthState) -> AdminAnswer {
        state.isAlive
            ? AdminAnswer("alive\n") : AdminAnswer(503, "not alive\n" + lines(state))
    }

    package static func readyz(_ state: HealthState) -> AdminAnswer {
        AdminAnswer(
            state.isReady ? 200 : 503, lines(state) + (state.isReady ? "ready\n" : "not ready\n"))
    }

    /// A line for each thing that was looked at: `[+] lanes: 2 owned`.
    private static func lines(_ state: HealthState) -> String {
        state.findings
            .map { "[\($0.isGood ? "+" : "-")] \($0.name): \($0.detail)\n" }.joined()
    }
}
