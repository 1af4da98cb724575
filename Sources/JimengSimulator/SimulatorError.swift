// What can go wrong with the simulator itself, as opposed to what it simulates.

/// An error of the simulator, with its remedy in words.
package enum SimulatorError: Error, Equatable, CustomStringConvertible {
    /// A dial that cannot be set: unknown field, preset or code, probability out of bounds, not
    /// JSON.
    case invalidDial(String)
    /// The server could not listen.
    case cannotListen(host: String, port: Int, reason: String)
    /// An invoice or task list could not be written as JSON.
    case unwritable(String)

    package var description: String {
        switch self {
        case .invalidDial(let reason):
            "the fault dial was not changed: \(reason)"
        case .cannotListen(let host, let port, let reason):
            "the simulator cannot listen on \(host):\(port): \(reason); "
                + "choose another address, or port 0 for any free one"
        case .unwritable(let reason):
            "the simulator could not write its state as JSON: \(reason)"
        }
    }
}
