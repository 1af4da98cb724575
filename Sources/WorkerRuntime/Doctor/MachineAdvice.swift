// What the machine grants the process: open files and memory.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Limits of the process as they are.
package struct MachineLimits: Sendable, Equatable {
    package var openFiles: Int
    /// Bytes that the control group allows; nil if there is no limit or none can be read.
    package var memory: Int?

    package init(openFiles: Int, memory: Int?) {
        self.openFiles = openFiles
        self.memory = memory
    }

    package static var current: Self {
        var limit = rlimit()
        #if canImport(Glibc)
            let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        #else
            let isKnown = getrlimit(RLIMIT_NOFILE, &limit) == 0
        #endif
        return Self(
            openFiles: isKnown ? Int(clamping: limit.rlim_cur) : .max,
            memory: text("/sys/fs/cgroup/memory.max").flatMap { Int($0) })
    }

    private static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
    }
}

extension Finding {
    /// - Parameters:
    ///   - brokers: each of the worker's clients holds a connection or two to each of them.
    ///   - need: bytes of memory that a worker with all lanes may use.
    package static func machine(_ limits: MachineLimits, brokers: Int, need: Int) -> [Finding] {
        let files = 128 + 8 * brokers
        var findings: [Finding] = []
        if limits.openFiles < files {
            findings.append(
                Finding(
                    .machine, .warning, "only \(limits.openFiles) open files are allowed",
                    why:
                        "connections to \(brokers) brokers, the provider and the archive need up to \(files)",
                    remedy: "ulimit -n 4096, or LimitNOFILE=4096 in the systemd unit"))
        } else {
            findings.append(.fine(.machine, "open files: \(limits.openFiles) allowed"))
        }
        guard let memory = limits.memory else {
            return findings + [
                .fine(.machine, "memory: no limit; full windows need about \(text(need))")
            ]
        }
        if memory < need {
            findings.append(
                Finding(
                    .machine, .warning,
                    "memory: \(text(memory)) allowed, full windows need about \(text(need))",
                    why:
                        "the kernel ends a worker that needs more, and its tasks wait for another owner",
                    remedy:
                        "lower JIMENG_WINDOW_BYTES or JIMENG_ARCHIVE_CONCURRENCY, or allow more memory"
                ))
        } else {
            findings.append(
                .fine(
                    .machine, "memory: \(text(memory)) allowed, about \(text(need)) needed at most")
            )
        }
        return findings
    }

    private static func text(_ bytes: Int) -> String { "\(max(1, bytes >> 20)) MiB" }
}
