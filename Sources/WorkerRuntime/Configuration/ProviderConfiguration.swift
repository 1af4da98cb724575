// The part of the configuration that speaks of the provider: its address, and the accounts.

package import Jimeng
package import JobEngine

/// An account as configured.
package struct AccountConfiguration: Sendable {
    package var limits: AccountLimits
    package var credentials: Credentials
}

/// Where the provider is and on whose behalf it is called.
package struct ProviderConfiguration: Sendable {
    package var endpoint = Endpoint.live
    package var accounts: [AccountConfiguration] = []
    /// A submit's time, from the call to its whole answer.
    package var submitTimeout: Duration = .seconds(60)

    init() {}

    /// - Throws: everything that is wrong, before any connection.
    package init(_ sources: ConfigurationSources) throws(ConfigurationMistakes) {
        var reader = FieldReader(sources)
        self.init(&reader)
        try reader.finish()
    }

    init(_ reader: inout FieldReader) {
        readEndpoint(&reader)
        submitTimeout = reader.read(WorkerFields.submitTimeout) ?? submitTimeout
        accounts = AccountsReader.read(&reader)
    }

    private mutating func readEndpoint(_ reader: inout FieldReader) {
        let allows = reader.read(WorkerFields.allowsPlainText) ?? false
        guard let text = reader.read(WorkerFields.endpoint) else { return }
        do throws(JimengError) {
            endpoint = try Endpoint(text, allowsPlainText: allows)
        } catch .endpoint(_, let reason) {
            let way =
                reason.contains("http is for a simulator")
                ? ", or say \(WorkerFields.allowsPlainText.name)=true if the network in between is yours"
                : ""
            reader.refuse(WorkerFields.endpoint.name, reason + way)
        } catch {
            reader.refuse(WorkerFields.endpoint.name, error.description)
        }
    }

    /// How the client calls: the answer may take what connecting leaves of the submit's time, in two halves (head and body).
    package var clientSettings: ClientSettings {
        var settings = ClientSettings()
        settings.endpoint = endpoint
        settings.connectTimeout = .seconds(5)
        settings.answerTimeout = max(.seconds(6), (submitTimeout - .seconds(5)) / 2)
        return settings
    }

    /// A client per account.
    package func clients() throws(JimengError) -> [String: JimengClient] {
        var clients: [String: JimengClient] = [:]
        for account in accounts {
            clients[account.limits.name] = try JimengClient(
                credentials: account.credentials, settings: clientSettings)
        }
        return clients
    }
}
