// An account at the simulated provider: its keys and its limits.

/// Who may call and how much at once.
package struct SimulatedAccount: Sendable, Equatable {
    /// A pair of access key and secret, with a session token when it is temporary (STS).
    package struct Key: Sendable, Equatable, CustomStringConvertible {
        package let accessKeyID: String
        let secret: String
        let sessionToken: String?

        /// `secret` is used as its UTF-8 text and never decoded (section 2, step 7).
        package init(accessKeyID: String, secret: String, sessionToken: String? = nil) {
            (self.accessKeyID, self.secret) = (accessKeyID, secret)
            self.sessionToken = sessionToken
        }

        /// The public half only.
        package var description: String { "key \(accessKeyID)" }
    }

    /// The name that the invoice shows.
    package var name: String
    /// The keys that belong to it; they share its limits.
    package var keys: [Key]
    /// How many tasks may be unfinished at once. Section 6: 1 on trial, 2 when paid.
    package var concurrency: Int
    /// How many submits are let through in any one second. The real number is not published.
    package var submitsPerSecond: Int
    /// How many queries are let through in any one second. The real number is not published.
    package var queriesPerSecond: Int

    package init(
        name: String, keys: [Key], concurrency: Int = 2, submitsPerSecond: Int = 5,
        queriesPerSecond: Int = 20
    ) {
        (self.name, self.keys, self.concurrency) = (name, keys, concurrency)
        (self.submitsPerSecond, self.queriesPerSecond) = (submitsPerSecond, queriesPerSecond)
    }

    /// The account that demo and tests use when they bring none of their own; its key is public.
    package static let demo = SimulatedAccount(
        name: "demo",
        keys: [Key(accessKeyID: "AKLTsimulator", secret: "c2ltdWxhdG9yLXNlY3JldA==")])
}

extension SimulatedAccount.Key: CustomDebugStringConvertible, CustomReflectable {
    package var debugDescription: String { description }
    /// Keeps `dump` and test failures from printing the secret.
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
