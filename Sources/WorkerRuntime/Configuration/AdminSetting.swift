// Where a worker can be asked how it is.

package import Observability

/// The setting of the admin server.
package enum AdminSetting: Equatable, Sendable {
    case off
    /// Not given: the usual port, or any free one if another worker on this machine has it. Several workers on one
    /// machine need no settings; a port that was asked for by name is never replaced.
    case standard
    case at(AdminAddress)

    /// The port that Prometheus' list of allocations keeps for exporters of OpenTelemetry's kind.
    package static let usual = AdminAddress(host: "127.0.0.1", port: 9464)

    init(_ reader: inout FieldReader) {
        let isGiven = reader.isGiven(WorkerFields.adminAddress.name)
        let value = reader.read(WorkerFields.adminAddress)
        self = isGiven ? value ?? .standard : .standard
    }
}

extension FieldTexts {
    @Sendable static func admin(_ text: String) throws(FieldFault) -> AdminSetting {
        if ["off", "none", "false"].contains(text.lowercased()) { return .off }
        guard let address = AdminAddress(text) else {
            throw FieldFault(
                "must be host:port such as 127.0.0.1:9464, with port 0 for any, or off")
        }
        return .at(address)
    }
}
