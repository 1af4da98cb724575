// What a free query told about the provider, the keys and the clock.

package import Jimeng

extension Finding {
    /// - Parameters:
    ///   - account: its name.
    ///   - answered: what came of asking for a task that does not exist.
    package static func provider(
        account: String, endpoint: String, _ answered: Answered<QueryMeaning>
    ) -> [Finding] {
        var findings: [Finding] = []
        switch answered.meaning {
        case .account(let refusal):
            findings.append(
                Finding(
                    .provider, .error,
                    "account \(account): the provider refuses it: \(refusal.code): \(refusal.message)",
                    why: "every submit will be refused; jobs wait",
                    remedy: refusal.remedy == .setup
                        ? "check JIMENG_ENDPOINT"
                        : "check JIMENG_ACCESS_KEY and JIMENG_SECRET_KEY (as the console shows them), "
                            + "the service's activation and the balance"))
        case .askAgain(let again):
            findings.append(asked(again, account, endpoint))
        case .inProgress, .done, .doneWithoutURL, .failed, .gone, .suspect:
            findings.append(
                .fine(
                    .provider,
                    "account \(account): the provider at \(endpoint) takes its keys"))
        }
        return findings + clock(answered.clockSkew)
    }

    private static func asked(_ again: AskAgain, _ account: String, _ endpoint: String) -> Finding {
        let said = again.evidence.description
        switch again.reason {
        case .clock:
            return Finding(
                .provider, .error,
                "account \(account): the signature is refused for its date: \(said)",
                why: "nothing can be submitted until this machine's clock is right",
                remedy: "timedatectl set-ntp true")
        case .transport:
            return Finding(
                .provider, .unreachable, "\(endpoint) cannot be reached: \(said)",
                why: "nothing can be submitted or asked for",
                remedy: "check DNS, firewall and proxy: curl -v \(endpoint)")
        case .rateLimit:
            return Finding(
                .provider, .note, "account \(account): too many calls just now: \(said)",
                why: "the keys are right, the rate is used up",
                remedy: "lower JIMENG_QUERY_QPS if that stays")
        case .upstream, .unreadable:
            return Finding(
                .provider, .warning, "account \(account): no clear answer: \(said)",
                why: "the provider or something in between is not well", remedy: "try again")
        }
    }

    /// The provider's tolerance is not documented; a minute is a lot for a machine with NTP.
    private static func clock(_ skew: Duration?) -> [Finding] {
        guard let skew else { return [] }
        let seconds = skew.components.seconds
        guard abs(seconds) > 30 else {
            return [.fine(.provider, "the clocks agree within \(abs(seconds) + 1) s")]
        }
        return [
            Finding(
                .provider, abs(seconds) > 240 ? .error : .warning,
                "this machine's clock is \(abs(seconds)) s \(seconds > 0 ? "behind" : "ahead of") the provider's",
                why: "signatures carry the time and are refused when it is too far off",
                remedy: "timedatectl set-ntp true")
        ]
    }

    /// What the address alone tells.
    package static func endpoint(_ endpoint: Endpoint) -> [Finding] {
        if endpoint.host.contains("byteplus") {
            return [
                Finding(
                    .provider, .error, "\(endpoint) is the international twin of the API",
                    why: "it has another version, region and names of models",
                    remedy: "leave JIMENG_ENDPOINT out, or set it to \(Endpoint.live)")
            ]
        }
        guard endpoint != .live else { return [] }
        return [
            Finding(
                .provider, .note, "\(endpoint) is not the provider's own address",
                why: endpoint.isEncrypted
                    ? "a proxy, or a simulator?" : "http: keys and prompts can be read on the way")
        ]
    }
}
