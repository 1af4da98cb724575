// Ledger and outcome records as the topics hold them, for tests of what tools read.

import JSON
import JobEngine
import Kafka
import WorkerRuntime

/// Makes records of one ledger, with growing offsets per partition.
struct LedgerPages {
    var offset: Int64 = 0
    /// Milliseconds since 1970 of the next record.
    var time: Int64 = 1_000_000

    mutating func entry(
        _ id: String, _ state: String, lane: Int32 = 0, worker: String = "worker-1",
        epoch: Int = 1, source: Int64 = 5, _ more: JSONObject = [:]
    ) -> Record {
        var object: JSONObject = [
            "v": 1, "id": JSON(id), "state": JSON(state),
            "source": ["topic": "r", "partition": 3, "offset": JSON(source)],
            "requested_at": 999_000, "accepted_at": 1_000_000, "attempt": 0,
            "model": "jimeng_t2v_v30", "worker": JSON(worker), "epoch": JSON(epoch),
        ]
        if state != "finished" {
            object["request"] = ["prompt": "x", "tenant": "north", "priority": 7]
        }
        for member in more { object[member.key] = member.value }
        return record(key: id, JSON(object), lane: lane)
    }

    mutating func record(key: String, _ value: JSON?, lane: Int32 = 0, topic: String = "l")
        -> Record
    {
        defer {
            offset += 1
            time += 1000
        }
        return Record(
            topic: topic, partition: lane, offset: offset, timestampMilliseconds: time,
            key: Array(key.utf8), value: value?.serialized())
    }

    mutating func failure(
        _ id: String, kind: String, charged: Bool = false, source: Int64 = 5,
        request: JSON = ["id": "x", "model": "jimeng_t2v_v30", "prompt": "x"]
    ) -> Record {
        let value: JSON = [
            "id": JSON(id), "status": "failed", "model": "jimeng_t2v_v30", "account": "main",
            "error": [
                "kind": JSON(kind), "code": 50511, "message": "no",
                "may_have_been_charged": JSON(charged),
            ],
            "timings": ["finished_at": JSON(Timestamp.text(Instant(milliseconds: time)))],
            "cost": ["amount": "1.50", "currency": "CNY", "estimated": true],
            "source": ["topic": "r", "partition": 3, "offset": JSON(source)], "request": request,
        ]
        return record(key: id, value, topic: "f")
    }

    mutating func result(_ id: String, amount: String, tenant: String? = nil) -> Record {
        var value: JSONObject = [
            "id": JSON(id), "status": "succeeded", "model": "jimeng_t2v_v30", "account": "main",
            "timings": ["finished_at": "2026-11-25T10:00:00.000Z"],
            "cost": ["amount": JSON(amount), "currency": "CNY", "estimated": true],
        ]
        value["tenant"] = tenant.map { JSON($0) }
        return record(key: id, JSON(value), topic: "o")
    }
}

extension Instant {
    /// Well after everything in `LedgerPages`.
    static let later = Instant(milliseconds: 2_000_000)
}
