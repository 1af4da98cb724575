// Reads accounts and their keys, from plain settings or from the file's list.

import Jimeng
import JobEngine

/// Reads the accounts: one from plain settings, or a list from the YAML file.
enum AccountsReader {
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
        let origins = reader.origins
        return account(limits, key, secret, token, &reader) { member in
            let name = "JIMENG_" + member.uppercased()
            return (name, origins[name])
        }
    }

    /// - Parameter name: what the account's member of that name is called where it was given.
    fileprivate static func account(
        _ limits: AccountLimits, _ key: String, _ secret: String, _ token: String?,
        _ reader: inout FieldReader, naming name: (_ member: String) -> (String, origin: String?)
    ) -> [AccountConfiguration] {
        do throws(JimengError) {
            let credentials = try Credentials(
                accessKeyID: key, secretAccessKey: Secret(secret),
                sessionToken: token.map { Secret($0) })
            return [AccountConfiguration(limits: limits, credentials: credentials)]
        } catch {
            var member = "access_key"
            var text = error.description
            if case .credentials(let field, let reason) = error {
                if field.hasPrefix("secret") { member = "secret_key" }
                if field.hasPrefix("session") { member = "session_token" }
                text = "\(reason); copy it again from the provider's console"
            }
            let (place, origin) = name(member)
            reader.refuse(ConfigurationMistake(place, origin: origin, text))
            return []
        }
    }

    // MARK: The list

    /// What an element of the list may hold: for reading it, and for the page that lists all settings.
    struct Member: Sendable {
        let name: String
        let standard: String
        let bounds: String
        let meaning: String

        /// As the setting of the single account.
        init(_ name: String, _ field: FieldInfo, isRequired: Bool = false) {
            self.name = name
            standard = isRequired ? "required" : field.standard.map { "`\($0)`" } ?? "none"
            bounds = field.bounds
            meaning = field.meaning
        }

        init(_ name: String, bounds: String, _ meaning: String) {
            self.name = name
            self.standard = "none"
            self.bounds = bounds
            self.meaning = meaning
        }

        static func file(of member: String) -> Member {
            Member(member + "_file", bounds: "path", "file that holds `\(member)`, in its place")
        }
    }

    static let members = [
        Member("name", WorkerFields.account.info, isRequired: true),
        Member("access_key", WorkerFields.accessKey.info), .file(of: "access_key"),
        Member("secret_key", WorkerFields.secretKey.info), .file(of: "secret_key"),
        Member("session_token", WorkerFields.sessionToken.info), .file(of: "session_token"),
        Member("concurrency", WorkerFields.concurrency.info),
        Member("submit_qps", WorkerFields.submitRate.info),
        Member("query_qps", WorkerFields.queryRate.info),
        Member(
            "models", bounds: "a map from model to slots",
            "unfinished tasks that the account allows of a model, such as `{jimeng_t2v_v30: 1}`"),
    ]

    private static func read(
        _ listed: [ConfigurationFile.Element], _ reader: inout FieldReader
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
            accounts += account.read(knowing: members.map(\.name))
            if let name = account.name, !names.insert(name).inserted {
                account.refuse("name", "is \(name) twice: each account needs its own")
            }
            reader = account.reader
        }
        return accounts
    }

    /// One element of the list.
    private struct ListedAccount {
        let listed: ConfigurationFile.Element
        let index: Int
        var reader: FieldReader
        var name: String?

        init(_ listed: ConfigurationFile.Element, _ index: Int, _ reader: FieldReader) {
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
            let (index, origin) = (index, reader.sources.file?.origin(listed.line))
            return AccountsReader.account(limits, key, secret, token, &reader) { member in
                ("accounts[\(index)].\(member)", origin)
            }
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
