// Configuration: any file, environment and flags give settings or a list of mistakes, and no secret shows.

import Foundation
import JimengSimulator
import WorkerRuntime

extension FuzzTarget {
    static let configuration = FuzzTarget(
        name: "configuration", seeds: Nasty.bytes(ConfigurationCheck.seeds),
        words: Nasty.words + Nasty.bytes(ConfigurationCheck.words), cost: 2,
        make: { chance in ConfigurationCheck.make(&chance) },
        check: { bytes throws(Broken) in try ConfigurationCheck.check(bytes) })
}

private enum ConfigurationCheck {
    /// Where one of these is given, it must not come out again.
    static let secret = "s3cr3t-Zq9"

    static let words = [
        "kafka:", "jimeng:", "accounts:", "  - name: a\n", "bootstrap_servers: b:9092\n", ": ",
        "\n", "- ", "&a ", "*a", "!!",
        "|\n", ">\n", "{", "}", "[", "]", "\t", "---\n", "...\n", "%YAML 1.1\n", "<<: *a\n", "? ",
        "'", "\"", "\\x", secret,
    ]

    static let seeds = [
        "kafka:\n  bootstrap_servers: b:9092\njimeng:\n  access_key: AKLT\n  secret_key: \(secret)\n",
        "KAFKA_BOOTSTRAP_SERVERS: [a:1, b:2]\nJIMENG: {LANES: 4, POLL: {FIRST: 3s, LONGEST: 1s}, SUBMIT_QPS: 0.5}\n",
        "kafka: {bootstrap_servers: 'b:9092', properties: {sasl.password: \(secret), acks: 1}}\naccounts:\n"
            + "  - {name: a, access_key: AKLT, secret_key: \(secret), concurrency: 2, models: {m: 1}}\n",
        "a: &a [x, x]\nb: *a\n", "{{", "\u{FEFF}kafka: {}", "? [a]\n: b\n", "kafka:\n\tgroup: x\n",
        "secret_key: \"\(secret)\n",
        "jimeng:\n  secret_key: \(secret)\n  secret_key: \(secret)\n",
        String(repeating: "[", count: 600),
        String(repeating: "- ", count: 600), String(repeating: "a: {", count: 300),
        "accounts: [\(secret)]", "accounts: 5",
        "jimeng: {submit_qps: 1e400, concurrency: 99999999999999999999, window: {bytes: 9999999999999GiB}, task_timeout: 99999999999999d}",
        "jimeng: {submit_qps: nan, query_qps: -inf, image_networks: '0.0.0.0/0,::/0,1.2.3.4/33', image_ports: '0,65536,,'}",
    ]

    private static let names = [
        "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_GROUP_ID", "KAFKA_CLIENT_ID", "KAFKA_PROPERTIES",
        "KAFKA_TRANSACTION_TIMEOUT",
        "JIMENG_ACCESS_KEY", "JIMENG_SECRET_KEY", "JIMENG_SESSION_TOKEN", "JIMENG_ACCOUNT",
        "JIMENG_CONCURRENCY",
        "JIMENG_SUBMIT_QPS", "JIMENG_QUERY_QPS", "JIMENG_ENDPOINT", "JIMENG_ALLOW_PLAINTEXT",
        "JIMENG_DEFAULT_MODEL",
        "JIMENG_REQUESTS_TOPIC", "JIMENG_LANES", "JIMENG_UNKNOWN_SUBMIT", "JIMENG_TASK_TIMEOUT",
        "JIMENG_SEND_WINDOW",
        "JIMENG_WINDOW_BYTES", "JIMENG_POLL_FIRST", "JIMENG_IMAGE_NETWORKS", "JIMENG_IMAGE_PORTS",
        "JIMENG_LOG_LEVEL",
        "JIMENG_LOG_FORMAT", "JIMENG_NO_SUCH", "SECRET",
    ]

    private static let values = [
        "1", "0", "-1", "1e400", "nan", "9999999999999999999999", "5s", "1000000000d", "5 s",
        "true", "b:9092", "b", ":", ",",
        "a=b,c=\\,d", "=", "sasl.password=\(secret)", "https://x", "http://x", "ftp://x",
        "0.0.0.0/0", "64MiB", "8388608GiB",
        "80,443", "info", "json", "fail", secret, "\u{0}", "é", "…", "a\nb",
        "transactional.id=\(secret)",
    ]

    static func make(_ chance: inout SplitMix64) -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &chance) {
            let name = names.randomElement(using: &chance) ?? ""
            let value = values.randomElement(using: &chance) ?? ""
            let quote = chance.chance(0.5) ? "'" : ""
            text += "\(chance.chance(0.5) ? name.lowercased() : name): \(quote)\(value)\(quote)\n"
        }
        return Array(text.utf8)
    }

    /// The file is the input; environment and flags follow from it.
    static func check(_ bytes: [UInt8]) throws(Broken) -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(getpid()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        guard (try? Data(bytes).write(to: file)) != nil else { throw Broken("no-temporary-file") }
        let sources = ConfigurationSources(
            flags: flags(bytes), environment: environment(bytes), file: file.path())
        let read = Result { () throws(ConfigurationMistakes) in try WorkerConfiguration(sources) }
        switch read {
        case .success(let configuration):
            let lines = EffectiveConfiguration(configuration, sources).lines
            try quiet("\(lines) \(configuration)", bytes)
            return "good \(configuration.provider.accounts.count)"
        case .failure(let error):
            try hold(!error.mistakes.isEmpty, "refused-without-a-mistake")
            try quiet(error.description, bytes)
            let kinds = error.mistakes.prefix(3).map { Behaviour.of($0.text) }
            return kinds.sorted().joined(separator: "; ")
        }
    }

    /// A file that a mutation has changed may hold the secret where none belongs, and may be quoted there.
    private static func quiet(_ text: String, _ bytes: [UInt8]) throws(Broken) {
        guard text.contains(secret) else { return }
        let isMisplaced =
            bytes.contains(Array(secret.utf8)) && !seeds.contains { Array($0.utf8) == bytes }
        try hold(isMisplaced, "secret-shown", text)
    }

    private static func environment(_ bytes: [UInt8]) -> [String: String] {
        var chance = SplitMix64(seed: Hash.of(bytes))
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": "b:9092", "JIMENG_ACCESS_KEY": "AKLT",
            "JIMENG_SECRET_KEY": secret,
        ]
        for _ in 0..<Int.random(in: 0...3, using: &chance) {
            let value = values.filter { !$0.contains(secret) }.randomElement(using: &chance)
            environment[names.randomElement(using: &chance) ?? ""] = value
        }
        if chance.chance(0.3) {
            environment["KAFKA_PROPERTIES"] = "sasl.password=\(secret),acks=1,transactional.id=x"
        }
        return environment
    }

    private static func flags(_ bytes: [UInt8]) -> [ConfigurationSources.Flag] {
        var chance = SplitMix64(seed: ~Hash.of(bytes))
        return (0..<Int.random(in: 0...2, using: &chance)).map { _ in
            ConfigurationSources.Flag(
                name: names.randomElement(using: &chance) ?? "",
                text: values.filter { !$0.contains(secret) }.randomElement(using: &chance) ?? "",
                flag: "--x")
        }
    }
}
