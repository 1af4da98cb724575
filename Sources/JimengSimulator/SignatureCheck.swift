// Who signed a call, and whether truly: section 2 from the provider's side.

import Crypto

/// Verifies signed calls against the accounts' keys.
struct SignatureCheck: Sendable {
    /// A caller whose signature holds.
    struct Caller: Sendable, Equatable {
        /// Position in the list of accounts.
        let account: Int
        let accessKeyID: String
    }

    private let keys: [String: (account: Int, key: SimulatedAccount.Key)]
    private let allowedSkew: Duration

    init(accounts: [SimulatedAccount], allowedSkew: Duration) {
        var keys: [String: (account: Int, key: SimulatedAccount.Key)] = [:]
        for (index, account) in accounts.enumerated() {
            for key in account.keys {
                let previous = keys.updateValue((index, key), forKey: key.accessKeyID)
                precondition(
                    previous == nil, "access key \(key.accessKeyID) stands in two places")
            }
        }
        (self.keys, self.allowedSkew) = (keys, allowedSkew)
    }

    /// The caller, or the gateway's refusal. `now` is the provider's own clock.
    func caller(of request: SimulatedRequest, at now: WallTime) throws(Refusal) -> Caller {
        guard let header = request.headers.first("Authorization") else { throw Refusal(100003) }
        let authorization = try Authorization(header)
        let date = try Self.date(of: request, scope: authorization.scope)
        guard let (account, key) = keys[authorization.accessKeyID] else { throw Refusal(100009) }
        guard date.time + allowedSkew >= now, now + allowedSkew >= date.time else {
            throw Refusal(100006, "X-Date \(date.text) is too far from \(now.basic).")
        }
        try Self.checkCoverage(authorization, request)
        try Self.checkToken(of: key, authorization, request)
        try Self.checkBody(request)
        try Self.checkSignature(authorization, request, secret: key.secret, date: date.text)
        return Caller(account: account, accessKeyID: key.accessKeyID)
    }

    private static func date(of request: SimulatedRequest, scope: CredentialScope)
        throws(Refusal) -> (text: String, time: WallTime)
    {
        guard scope.service == "cv" else {
            throw Refusal(100007, "The service \(scope.service) does not exist.")
        }
        guard scope.region == "cn-north-1" else {
            throw Refusal(100025, "The region must be cn-north-1, not \(scope.region).")
        }
        guard let text = request.headers.first("X-Date") else {
            throw Refusal(100004, "The header X-Date is missing.")
        }
        guard let time = WallTime(basic: text) else {
            throw Refusal(100006, "X-Date must look like 20250715T081805Z.")
        }
        guard text.hasPrefix(scope.date), scope.date.utf8.count == 8 else {
            throw Refusal(100025, "The date of the Credential is not that of X-Date.")
        }
        return (text, time)
    }

    private static func checkCoverage(_ authorization: Authorization, _ request: SimulatedRequest)
        throws(Refusal)
    {
        guard request.headers.first("Host") != nil else {
            throw Refusal(100004, "The header Host is missing.")
        }
        for name in ["host", "x-date"] where !authorization.signedHeaders.contains(name) {
            throw Refusal(100004, "The header \(name) must be signed.")
        }
    }

    private static func checkToken(
        of key: SimulatedAccount.Key, _ authorization: Authorization, _ request: SimulatedRequest
    ) throws(Refusal) {
        let token = request.headers.first("X-Security-Token")
        guard token == key.sessionToken else { throw Refusal(100026) }
        if token != nil, !authorization.signedHeaders.contains("x-security-token") {
            throw Refusal(100010, "The header x-security-token must be signed.")
        }
    }

    private static func checkBody(_ request: SimulatedRequest) throws(Refusal) {
        guard let announced = request.headers.first("X-Content-Sha256") else { return }
        guard announced == hex(SHA256.hash(data: request.body)) else {
            throw Refusal(100010, "X-Content-Sha256 is not the hash of the body.")
        }
    }

    /// Host names ending in `:80` or `:443` may be signed with the port (the original script
    /// does) or without (the SDK does): both are clients of the real provider.
    private static func checkSignature(
        _ authorization: Authorization, _ request: SimulatedRequest, secret: String, date: String
    ) throws(Refusal) {
        let host = request.headers.first("Host") ?? ""
        var hosts = [host]
        for port in [":80", ":443"] where host.hasSuffix(port) {
            hosts.append(String(host.dropLast(port.count)))
        }
        for host in hosts {
            guard
                let canonical = CanonicalRequest(
                    request, signedHeaders: authorization.signedHeaders, host: host)
            else { throw Refusal(100010, "A signed header is not in the request.") }
            let expected = canonical.signature(
                secret: secret, date: date, scope: authorization.scope)
            if expected == authorization.signature { return }
        }
        throw Refusal(100010)
    }
}
