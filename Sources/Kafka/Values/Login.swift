// User and password of SASL, which may change while clients work.

internal import CRDKafka
internal import Synchronization

/// User and password for the SASL mechanisms PLAIN and SCRAM, shared by all clients that are made with it.
///
/// New ones are used from the next authentication on; connections that there are stay (librdkafka's documentation of
/// `rd_kafka_sasl_set_credentials`). So the old password has to be accepted until every client was told the new one.
package final class Login: Sendable {
    package struct Credentials: Equatable, Sendable {
        package let user: String
        package let password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    private struct Enrolled {
        weak var client: Client?
    }

    private struct State {
        var credentials: Credentials
        var clients: [Enrolled] = []
    }

    private let state: Mutex<State>

    package init(_ credentials: Credentials) { state = Mutex(State(credentials: credentials)) }

    /// Nothing unless the properties name a user and a password.
    package convenience init?(_ properties: [String: String]) {
        guard let credentials = Credentials(properties) else { return nil }
        self.init(credentials)
    }

    /// Gives all clients, and those that will be made, another user and password.
    ///
    /// - Throws: what librdkafka said of the first client that refused them; the others have them nevertheless.
    package func renew(_ credentials: Credentials) throws(KafkaError) {
        let clients = state.withLock { state in
            state.credentials = credentials
            state.clients.removeAll { $0.client == nil }
            return state.clients.compactMap(\.client)
        }
        var refusal: KafkaError?
        for client in clients { refusal = client.log(in: credentials) ?? refusal }
        if let refusal { throw refusal }
    }

    /// Those in force.
    var credentials: Credentials { state.withLock(\.credentials) }

    /// Counts a client that was made with `credentials` among those that are told of new ones.
    func enrol(_ client: Client) throws(KafkaError) {
        var credentials = state.withLock { state in
            state.clients.removeAll { $0.client == nil }
            state.clients.append(Enrolled(client: client))
            return state.credentials
        }
        // Again if they were renewed meanwhile: then it is not known whose call came last.
        while true {
            if let refusal = client.log(in: credentials) { throw refusal }
            let latest = state.withLock(\.credentials)
            if latest == credentials { return }
            credentials = latest
        }
    }
}

extension Login.Credentials {
    /// What librdkafka's properties say, under either of their names; nothing if one of the two is missing.
    package init?(_ properties: [String: String]) {
        guard let user = properties["sasl.username"], let password = properties["sasl.password"],
            !user.isEmpty, !password.isEmpty
        else { return nil }
        self.init(user: user, password: password)
    }
}

// Neither printing nor dumping shows them.
extension Login.Credentials: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var description: String { "Login.Credentials(<redacted>)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension Client {
    /// For the next authentication; whatever the mechanism, librdkafka uses them for PLAIN and SCRAM only.
    fileprivate func log(in credentials: Login.Credentials) -> KafkaError? {
        guard enter() else { return nil }
        defer { leave() }
        return KafkaError(
            consuming: rd_kafka_sasl_set_credentials(raw, credentials.user, credentials.password),
            "set user and password")
    }
}
