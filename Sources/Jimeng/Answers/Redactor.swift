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

    /// By bytes: a combining mark behind a secret would make another last character of it, and it would pass.
    func callAsFunction(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets {
            secret.withText { bytes = Self.replace(Array($0.utf8), in: bytes) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = secret.first else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == first, bytes[index...].starts(with: secret) {
                result += "<redacted>".utf8
                index += secret.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
