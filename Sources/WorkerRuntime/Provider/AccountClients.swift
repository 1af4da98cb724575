// The clients of a worker's accounts, which may get other keys while it works.

package import Jimeng
import JobEngine
import Synchronization

/// One client per account, by the account's name.
package final class AccountClients: Sendable {
    private let clients: Mutex<[String: JimengClient]>

    package init(_ clients: [String: JimengClient]) {
        self.clients = Mutex(clients)
    }

    subscript(account: String) -> JimengClient? { clients.withLock { $0[account] } }

    var all: [JimengClient] { clients.withLock { Array($0.values) } }

    /// New keys for accounts that have them, and clients for new accounts. The client of an account that is gone stays:
    /// its tasks are still asked for.
    func adopt(_ configuration: ProviderConfiguration) throws(JimengError) {
        for account in configuration.accounts {
            let name = account.limits.name
            if let client = self[name] {
                let renewed = client.renewed(with: account.credentials)
                clients.withLock { $0[name] = renewed }
            } else {
                // Those of the others: an endpoint that has changed waits for the next start.
                let settings = all.first?.settings ?? configuration.clientSettings
                let new = try JimengClient(credentials: account.credentials, settings: settings)
                clients.withLock { $0[name] = new }
            }
        }
    }
}
