// Secrets stay secret whatever is done to them, and unusable keys are refused with a reason.

import Testing

@testable import Jimeng

@Suite("Secrets and credentials")
struct SecretTests {
    @Test("no way of printing a secret shows it")
    func neverShown() throws {
        let secret = Secret("hush-hush")
        let credentials = try Credentials(
            accessKeyID: "AKLThush", secretAccessKey: secret, sessionToken: Secret("hush-token"))
        var dumped = ""
        dump((secret, credentials, RequestSigner(credentials: credentials)), to: &dumped)
        let texts = [
            "\(secret)", String(reflecting: secret), "\([secret])", "\(credentials)",
            String(reflecting: credentials), "\(RequestSigner(credentials: credentials))", dumped,
        ]
        for text in texts { #expect(!text.contains("hush"), "\(text)") }
        #expect("\(secret)" == "<redacted>")
    }

    @Test(
        "keys that cannot stand in a header are refused without quoting them",
        arguments: ["", "key\n", "ke y", "密钥", "\u{7F}"])
    func unusableKeys(_ key: String) throws {
        let good = Secret("good")
        #expect(throws: JimengError.self) {
            try Credentials(accessKeyID: key, secretAccessKey: good)
        }
        let error = #expect(throws: JimengError.self) {
            try Credentials(accessKeyID: "good", secretAccessKey: Secret(key))
        }
        if !key.isEmpty { #expect(!"\(try #require(error))".contains(key)) }
        #expect(throws: JimengError.self) {
            try Credentials(accessKeyID: "a", secretAccessKey: good, sessionToken: Secret(key))
        }
    }
}
