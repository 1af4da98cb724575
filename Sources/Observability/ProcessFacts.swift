// What the operating system says about this process, under the names that every Prometheus client uses.

import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Read from `/proc` and `getrusage` at each scrape; what a system does not tell is left out.
package final class ProcessFacts: Sendable {
    package static let residentMemory = MetricDescription.gauge(
        "process_resident_memory_bytes", "Memory of the process that is in RAM")
    package static let openFiles = MetricDescription.gauge(
        "process_open_fds", "File descriptors that are open")
    package static let mostFiles = MetricDescription.gauge(
        "process_max_fds", "File descriptors that may be open")
    package static let threads = MetricDescription.gauge(
        "process_threads", "Threads of the process")
    package static let processorSeconds = MetricDescription.counter(
        "process_cpu_seconds_total", "Processor time used, user and system")
    package static let startTime = MetricDescription.gauge(
        "process_start_time_seconds", "When the process began, as Unix time")

    package static let catalogue = [
        residentMemory, openFiles, mostFiles, threads, processorSeconds, startTime,
    ]

    private let began: Double
    private let counted = Mutex(0.0)

    package init() {
        began = Date().timeIntervalSince1970
    }

    /// Sets all of them to what is true now.
    package func update(_ meters: Meters) {
        meters.set(Self.startTime, to: began)
        let used = Self.processorTime()
        let more = counted.withLock { last in
            defer { last = max(last, used) }
            return used - last
        }
        meters.add(more, to: Self.processorSeconds)
        var limit = rlimit()
        if getrlimit(Self.fileLimit, &limit) == 0 {
            meters.set(Self.mostFiles, to: Double(limit.rlim_cur))
        }
        readProc(meters)
    }

    #if canImport(Glibc)
        private static let fileLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        private static let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
        private static let fileLimit = RLIMIT_NOFILE
        private static let ownUsage = RUSAGE_SELF
    #endif

    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(ownUsage, &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    private func readProc(_ meters: Meters) {
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them is the directory that is being read.
            meters.set(Self.openFiles, to: max(0, files.count - 1))
        }
        guard let status = try? Data(contentsOf: URL(filePath: "/proc/self/status")) else { return }
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 1, let number = Double(words[1]) else { continue }
            if words[0] == "VmRSS:" { meters.set(Self.residentMemory, to: number * 1024) }
            if words[0] == "Threads:" { meters.set(Self.threads, to: number) }
        }
    }
}
