// A pipe that makes a thread which waits on many librdkafka queues at once look again.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Both ends are non-blocking: a full pipe is a wake-up as good as any.
final class WakeupPipe: Sendable {
    /// librdkafka writes here as well (`rd_kafka_queue_io_event_enable`).
    let writeEnd: Int32
    private let readEnd: Int32

    init() throws(KafkaError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw KafkaError(
                operation: "make a pipe", message: "error \(errno): too many open files?")
        }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func signal() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Waits for a signal and swallows all that have gathered.
    func wait(milliseconds: Int32) {
        var waiting = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            while read(readEnd, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}
