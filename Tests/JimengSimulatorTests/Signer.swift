// Signs requests for the tests: a client's side of section 2, apart from the simulator's own code.

import Crypto
import JimengSimulator

/// Makes signed calls with one key.
struct Signer: Sendable {
    static let demo = Signer(accessKeyID: "AKLTsimulator", secret: "c2ltdWxhdG9yLXNlY3JldA==")

    var accessKeyID: String
    var secret: String
    var sessionToken: String?
    var host = "sim.test"
    var scope = "cn-north-1/cv/request"
    /// Header names that are signed, lower-case, in this order; those not in the request are left
    /// out.
    var signed = ["content-type", "host", "x-content-sha256", "x-date", "x-security-token"]

    func call(_ action: String, _ body: String, at time: WallTime) -> SimulatedRequest {
        call(query: "Action=\(action)&Version=2022-08-31", body, at: time)
    }

    func call(query: String, _ body: String, at time: WallTime) -> SimulatedRequest {
        let hash = digits(SHA256.hash(data: Array(body.utf8)))
        var headers = [
            HeaderField("Host", host), HeaderField("Content-Type", "application/json"),
            HeaderField("X-Date", time.basic), HeaderField("X-Content-Sha256", hash),
        ]
        if let sessionToken { headers.append(HeaderField("X-Security-Token", sessionToken)) }
        let date = time.basic
        let names = signed.filter { headers.first($0) != nil }
        let block = names.map { "\($0):\(headers.first($0) ?? "")\n" }.joined()
        let canonical =
            "POST\n/\n\(query)\n\(block)\n\(names.joined(separator: ";"))\n\(hash)"
        let fullScope = "\(date.prefix(8))/\(scope)"
        let text =
            "HMAC-SHA256\n\(date)\n\(fullScope)\n"
            + digits(SHA256.hash(data: Array(canonical.utf8)))
        var key = SymmetricKey(data: Array(secret.utf8))
        for part in fullScope.split(separator: "/") { key = SymmetricKey(data: mac(part, key)) }
        headers.append(
            HeaderField(
                "Authorization",
                "HMAC-SHA256 Credential=\(accessKeyID)/\(fullScope), "
                    + "SignedHeaders=\(names.joined(separator: ";")), "
                    + "Signature=\(digits(mac(Substring(text), key)))"))
        return SimulatedRequest(
            method: "POST", target: "/?\(query)", headers: headers, body: Array(body.utf8))
    }

    private func mac(_ text: Substring, _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    private func digits(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }
}
