"""Requests and outcomes from Python with confluent-kafka: what Neighbours.md shows, as a program that is run in CI.

    pip install confluent-kafka
    KAFKA_BOOTSTRAP_SERVERS=… python deploy/examples/python_client.py
"""

import json
import os
import sys
import time
import uuid

from confluent_kafka import Consumer, Producer

SERVERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
TOPICS = ["jimeng.results", "jimeng.failures"]


def submit(producer, request, **more):
    """Hands a request in; the record's key is the id, so that duplicates and cancels are recognised."""
    value = json.dumps(request, ensure_ascii=False).encode()
    producer.produce("jimeng.requests", value=value, key=request["id"].encode(), **more)


def outcomes(group):
    """Yields (topic, record) of every committed outcome from now on; None while there is none."""
    consumer = Consumer(
        {
            "bootstrap.servers": SERVERS,
            "group.id": group,
            # librdkafka's default, said here because the Java client's is another one.
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe(TOPICS)
    try:
        while True:
            message = consumer.poll(1.0)
            if message is None:
                yield None
            elif message.error():
                raise RuntimeError(message.error())
            else:
                yield message, json.loads(message.value())
                # Only now: whoever crashes before this sees the outcome again, and never misses one.
                consumer.commit(message=message, asynchronous=False)
    finally:
        consumer.close()


def main():
    run = uuid.uuid4().hex[:8]
    wanted = {}

    def request(name, expected, **members):
        wanted[f"{run}-{name}"] = expected
        return {"id": f"{run}-{name}", "model": "jimeng_t2v_v30", "prompt": "Clouds over the sea", **members}

    # A record of each kind that clients may produce.
    for codec in ("none", "gzip", "lz4", "zstd", "snappy"):
        producer = Producer({"bootstrap.servers": SERVERS, "compression.type": codec})
        submit(producer, request(codec, "succeeded"))
        assert producer.flush(10) == 0
    producer = Producer({"bootstrap.servers": SERVERS, "enable.idempotence": True})
    submit(
        producer,
        request("headers", "succeeded", metadata={"order": 7}),
        headers=[
            ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ("content-type", b"application/json"), ("binary", b"\x00\xff\xfe"), ("empty", None), ("twice", b"1"), ("twice", b"2"),
        ],
    )
    submit(producer, request("unknown", "succeeded", a_field_of_tomorrow={"nested": [1, None]}))
    submit(producer, request("wrong", "failed", seed="none"))
    # No key: any partition will do.
    producer.produce("jimeng.requests", value=json.dumps(request("keyless", "succeeded")).encode())
    # A tombstone and bytes that are no JSON: a failure each, named after the record's place, as there is no id.
    places = []
    for value in (None, b"\xff\x00 not JSON"):
        producer.produce("jimeng.requests", key=f"{run}-raw", value=value, on_delivery=lambda _, m: places.append(m))
    assert producer.flush(10) == 0
    for place in places:
        wanted[f"{place.topic()}-{place.partition()}-{place.offset()}"] = "failed"

    seen, began = {}, time.monotonic()
    for item in outcomes(f"python-{run}"):
        if time.monotonic() - began > 120:
            sys.exit(f"no outcome of {sorted(set(wanted) - set(seen))} within two minutes")
        if item is None or item[1]["id"] not in wanted:
            continue
        message, record = item
        assert record["id"] not in seen, f"{record['id']} has two outcomes"
        assert message.key().decode() == record["id"], "the key of an outcome is the id"
        seen[record["id"]] = record["status"]
        headers = dict(message.headers() or [])
        if record["id"].endswith("-headers"):
            assert headers["traceparent"].startswith(b"00-4bf92f3577b34da6a3ce929d0e0e4736-"), headers
            assert record["metadata"] == {"order": 7}
        print(f"{record['status']:9} {record['id']}  {record.get('video_url') or record['error']['message']}"[:120])
        if len(seen) == len(wanted):
            break
    assert seen == wanted, {k: (v, seen.get(k)) for k, v in wanted.items() if seen.get(k) != v}
    print(f"{len(seen)} records of other clients, {len(seen)} outcomes")


if __name__ == "__main__":
    main()
