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

/// Reads the accounts: one from plain settings, or a list from the YAML file.
private enum AccountsReader {
    static func read(_ reader: inout FieldReader) -> [AccountConfiguration] {
        if let listed = reader.sources.file?.accounts { return read(listed, &reader) }
        let key = reader.readSecret(WorkerFields.accessKey)
        let secret = reader.readSecret(WorkerFields.secretKey)
        let token = reader.readSecret(WorkerFields.sessionToken)
        let limits = AccountLimits(
            name: reader.read(WorkerFields.account) ?? "default",
            concurrency: reader.read(WorkerFields.concurrency) ?? 2,
            submitsPerSecond: reader.read(WorkerFields.submitRate) ?? 1,
            queriesPerSecond: reader.read(WorkerFields.queryRate) ?? 5)
        for (field, value) in [(WorkerFields.accessKey, key), (WorkerFields.secretKey, secret)]
        where value == nil {
            let isGiven = reader.isGiven(field.name) || reader.isGiven(field.name + "_FILE")
            if isGiven { continue }  // Then it is reported already.
            reader.refuse(
                field.name,
                "is missing: the provider's console shows it; set it, or \(field.name)_FILE")
        }
        guard let key, let secret else { return [] }
        return account(limits, key, secret, token, WorkerFields.accessKey.name, nil, &reader)
    }

    fileprivate static func account(
        _ limits: AccountLimits, _ key: String, _ secret: String, _ token: String?,
        _ name: String, _ origin: String?, _ reader: inout FieldReader
    ) -> [AccountConfiguration] {
        do throws(JimengError) {
            let credentials = try Credentials(
                accessKeyID: key, secretAccessKey: Secret(secret),
                sessionToken: token.map { Secret($0) })
            return [AccountConfiguration(limits: limits, credentials: credentials)]
        } catch {
            reader.refuse(ConfigurationMistake(name, origin: origin, error.description))
            return []
        }
    }

    // MARK: The list

    private static let members = [
        "name", "access_key", "access_key_file", "secret_key", "secret_key_file", "session_token",
        "session_token_file", "concurrency", "submit_qps", "query_qps", "models",
    ]

    private static func read(
        _ listed: [ConfigurationFile.Account], _ reader: inout FieldReader
    ) -> [AccountConfiguration] {
        for field in [WorkerFields.accessKey, WorkerFields.secretKey]
        where reader.isGiven(field.name) || reader.isGiven(field.name + "_FILE") {
            reader.refuse(
                field.name,
                "is given beside the file's list of accounts; give keys in one way only")
        }
        var accounts: [AccountConfiguration] = []
        var names: Set<String> = []
        for (index, listed) in listed.enumerated() {
            var account = ListedAccount(listed, index, reader)
            accounts += account.read(knowing: members)
            if let name = account.name, !names.insert(name).inserted {
                account.refuse("name", "is \(name) twice: each account needs its own")
            }
            reader = account.reader
        }
        return accounts
    }

    /// One element of the list.
    private struct ListedAccount {
        let listed: ConfigurationFile.Account
        let index: Int
        var reader: FieldReader
        var name: String?

        init(_ listed: ConfigurationFile.Account, _ index: Int, _ reader: FieldReader) {
            (self.listed, self.index, self.reader) = (listed, index, reader)
        }

        mutating func refuse(_ member: String, _ text: String, line: Int? = nil) {
            let line = line ?? listed.members[member]?.line ?? listed.line
            reader.refuse(
                ConfigurationMistake(
                    "accounts[\(index)].\(member)", origin: reader.sources.file?.origin(line), text)
            )
        }

        mutating func read(knowing members: [String]) -> [AccountConfiguration] {
            for key in listed.members.keys.sorted() where !members.contains(key) {
                refuse(key, "there is no such member\(NearestName.hint(for: key, among: members))")
            }
            name = value("name", WorkerFields.account)
            if listed.members["name"] == nil { refuse("name", "is missing") }
            var limits = AccountLimits(
                name: name ?? "account-\(index)",
                concurrency: value("concurrency", WorkerFields.concurrency) ?? 2,
                submitsPerSecond: value("submit_qps", WorkerFields.submitRate) ?? 1,
                queriesPerSecond: value("query_qps", WorkerFields.queryRate) ?? 5)
            limits.modelConcurrency = models()
            let (key, secret) = (secret("access_key"), secret("secret_key"))
            let token = self.secret("session_token", isRequired: false)
            guard let key, let secret else { return [] }
            return AccountsReader.account(
                limits, key, secret, token, "accounts[\(index)]",
                reader.sources.file?.origin(listed.line), &reader)
        }

        private mutating func value<Value>(_ member: String, _ field: Field<Value>) -> Value? {
            guard let given = listed.members[member] else { return field.standard }
            do throws(FieldFault) {
                return try field.parse(given.text)
            } catch {
                refuse(member, error.text)
                return field.standard
            }
        }

        private mutating func models() -> [String: Int] {
            var models: [String: Int] = [:]
            for (key, value) in listed.models.sorted(by: { $0.key < $1.key }) {
                do throws(FieldFault) {
                    models[try FieldTexts.model(key)] = try WorkerFields.concurrency.parse(
                        value.text)
                } catch {
                    refuse("models.\(key)", error.text, line: value.line)
                }
            }
            return models
        }

        private mutating func secret(_ member: String, isRequired: Bool = true) -> String? {
            let (direct, file) = (listed.members[member], listed.members[member + "_file"])
            switch (direct, file) {
            case (_?, _?):
                refuse(member, "is given together with \(member)_file; give one of them")
                return nil
            case (let direct?, nil):
                return direct.text
            case (nil, let file?):
                let origin = reader.sources.file?.origin(file.line) ?? "file"
                return reader.contents(
                    of: file.text, for: "accounts[\(index)].\(member)_file", origin)
            case (nil, nil):
                if isRequired { refuse(member, "is missing; give it, or \(member)_file") }
                return nil
            }
        }
    }
}
