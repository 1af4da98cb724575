// Takes an account's secrets out of texts that come back from the provider.

/// A gateway may repeat in its message what was wrong, such as a key or the text that was signed.
struct Redactor: Sendable {
    private let secrets: [Secret]

    init(_ credentials: Credentials?) {
        let all = [
            credentials.map { Secret($0.accessKeyID) }, credentials?.secretAccessKey,
            credentials?.sessionToken,
        ]
        secrets = all.compactMap { $0 }.filter { !$0.isEmpty }
    }

    func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            secret.withText { text.split(separator: $0, omittingEmptySubsequences: false) }
                .joined(separator: "<redacted>")
        }
    }
}
