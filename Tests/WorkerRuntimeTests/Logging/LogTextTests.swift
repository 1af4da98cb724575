// Log lines: for people, as JSON, and through swift-log.

import JSON
import JobEngine
import Logging
import Synchronization
import Testing
import WorkerRuntime

@Suite("Log lines")
struct LogTextTests {
    private let entry = LogEntry(
        at: Instant(milliseconds: 1_795_167_000_125), level: .warning, message: "submits paused",
        metadata: [("account", "one"), ("message", "two words"), ("none", "")])

    private func text(_ format: LogFormat, _ entry: LogEntry) -> String {
        String(decoding: format.line(entry), as: UTF8.self)
    }

    @Test("people read time, level, message and pairs")
    func human() {
        #expect(
            text(.human, entry)
                == "2026-11-20T09:30:00.125Z WARNING  submits paused account=one message=\"two words\" none=\"\"\n"
        )
    }

    @Test("machines read an object, in which metadata cannot displace what belongs to the line")
    func json() throws {
        var entry = entry
        entry.metadata.append(("level", "x"))
        let line = text(.json, entry)
        let object = try JSON(parsing: Array(line.dropLast().utf8))
        #expect(object["time"] == "2026-11-20T09:30:00.125Z")
        #expect(object["level"] == "warning")
        #expect(object["msg"] == "submits paused")
        #expect(object["message"] == "two words")
        #expect(object["level_"] == "x")
    }

    @Test(
        "a message cannot begin a second line or colour a terminal",
        arguments: ["a\nb", "a\r\nb", "a\u{1B}[31mb", "a\u{2028}b", "a\u{202E}b"])
    func oneLine(message: String) {
        let entry = LogEntry(
            at: Instant(milliseconds: 0), level: .info, message: message,
            metadata: [("key", message)])
        for format in LogFormat.allCases {
            let line = text(format, entry)
            #expect(line.unicodeScalars.filter { $0 == "\n" }.count == 1)
            #expect(line.hasSuffix("\n"))
            #expect(!line.contains("\u{1B}"))
        }
        #expect(!text(.human, entry).contains("\u{2028}"))
    }

    @Test("a logger writes what is grave enough, with its own metadata")
    func handler() {
        let lines = Mutex<[String]>([])
        let sink = LineSink { bytes in
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        var settings = LogSettings()
        settings.level = .notice
        var logger = settings.logger(isTerminal: true, sink: sink)
        logger[metadataKey: "worker"] = "w1"
        logger.info("not this")
        logger.notice("this", metadata: ["job": "j1"])
        let written = lines.withLock { $0 }
        #expect(written.count == 1)
        #expect(written.first?.hasSuffix("NOTICE   this job=j1 worker=w1\n") ?? false)
    }

    @Test("without a format a terminal gets words, anything else JSON")
    func standardFormat() {
        for (isTerminal, first) in [(true, "2"), (false, "{")] {
            let line = Mutex("")
            let sink = LineSink { bytes in
                line.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
            }
            LogSettings().logger(isTerminal: isTerminal, sink: sink).info("x")
            #expect(line.withLock { $0.hasPrefix(first) })
        }
    }
}
