// The spans that a job leaves behind.

import InMemoryTracing
import JSON
import JobEngine
import Kafka
import Logging
import Sandbox
import Testing
import Tracing
import WorkerRuntime

@Suite("Traces")
struct TraceTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private static func record(_ id: String, _ world: World) -> OutgoingRecord {
        OutgoingRecord(
            topic: world.sandbox.topics.requests, partition: 0, key: nil,
            value: World.request(id),
            headers: [Header("traceparent", Array(parent.utf8))])
    }

    @Test("a job is a span, and its accept, its submit and its queries are spans within")
    func spans() async throws {
        let world = try await World(lanes: 1, requestPartitions: 1)
        let tracer = InMemoryTracer()
        let running = try world.worker("traced", World.Wish(tracer: tracer))
        try await world.write([Self.record("span-1", world)])
        #expect(await world.audience.outcome(of: "span-1")?.status == "succeeded")
        #expect(await running.drain() == "drained")
        let spans = tracer.finishedSpans
        let job = try #require(spans.first { $0.operationName == "job" })
        #expect(spans.filter { $0.operationName == "job" }.count == 1)
        for name in ["accept", "submit", "query"] {
            let own = spans.filter { $0.operationName == name }
            #expect(!own.isEmpty, "\(name)")
            #expect(own.allSatisfy { $0.spanContext.parentSpanID == job.spanID }, "\(name)")
            #expect(own.allSatisfy { $0.traceID == job.traceID }, "\(name)")
        }
        #expect(spans.filter { $0.operationName == "submit" }.count == 1)
        #expect(job.attributes.get("jimeng.job_id") == .string("span-1"))
        #expect(job.attributes.get("jimeng.attempts") == .int64(1))
        #expect(job.status == nil)
        #expect(tracer.activeSpans.isEmpty)
        await world.stop()
    }

    @Test("a job's parent is looked for in its request's headers, which its outcome has too")
    func parents() async throws {
        let world = try await World(lanes: 1, requestPartitions: 1)
        let tracer = InMemoryTracer()
        let running = try world.worker("parent", World.Wish(tracer: tracer))
        try await world.write([Self.record("parent-1", world)])
        #expect(await world.audience.outcome(of: "parent-1")?.status == "succeeded")
        let extraction = try #require(tracer.performedContextExtractions.first)
        let headers = try #require(extraction.carrier as? [Request.Header])
        #expect(headers.map(\.name) == ["traceparent"])
        #expect(headers.map { String(decoding: $0.value, as: UTF8.self) } == [Self.parent])
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a job that is handed over ends its span here, and says so")
    func handedOver() async throws {
        let world = try await World(
            lanes: 1, requestPartitions: 1, generation: .seconds(30))
        let tracer = InMemoryTracer()
        let running = try world.worker("leaves", World.Wish(tracer: tracer, logLevel: .debug))
        try await world.write([Self.record("left-1", world)])
        #expect(await running.logs("recording -> polling"))
        #expect(await running.drain() == "drained")
        let job = try #require(tracer.finishedSpans.first { $0.operationName == "job" })
        #expect(job.attributes.get("jimeng.handed_over") == .bool(true))
        await world.stop()
    }
}
