// The one lock around the simulated provider, and the clock that the value does not have.

import FoundationEssentials
import Synchronization

/// A provider that many connections share.
final class SharedProvider: Sendable {
    private let provider: Mutex<SimulatedProvider>
    private let clock: @Sendable () -> WallTime
    private let controls: [String: SimulatorServer.Control]

    init(
        _ provider: SimulatedProvider, clock: @escaping @Sendable () -> WallTime,
        controls: [String: SimulatorServer.Control]
    ) {
        self.provider = Mutex(provider)
        self.clock = clock
        self.controls = controls
    }

    /// The clock is read inside the lock, so that instants reach the provider in order.
    func handle(_ request: SimulatedRequest) -> SimulatedAnswer {
        if request.method == "PUT", let control = controls[request.path] {
            return control(request.body)
        }
        return provider.withLock { $0.handle(request, at: clock()) }
    }

    func lost(_ receipt: Receipt) {
        provider.withLock { $0.lost(receipt) }
    }

    func invoice() -> Invoice {
        provider.withLock { $0.invoice(at: clock()) }
    }

    func dial() -> FaultDial {
        provider.withLock { $0.dial }
    }

    func setDial(_ dial: FaultDial) {
        provider.withLock { $0.dial = dial }
    }
}

extension WallTime {
    /// The system's wall time.
    package static func current() -> WallTime {
        WallTime(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    }
}
