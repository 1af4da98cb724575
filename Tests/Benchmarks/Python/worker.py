"""A straightforward worker: confluent-kafka and aiohttp, no ledger. The baseline of the benchmark of whole jobs.

It reads requests, submits, asks until the task is done, and writes a result. A crash loses what is under way.
"""

import asyncio
import datetime
import hashlib
import hmac
import json
import os
import signal
import sys

import aiohttp
from confluent_kafka import Consumer, Producer

ENDPOINT = os.environ["JIMENG_ENDPOINT"]
HOST = ENDPOINT.split("://", 1)[1]
ACCESS, SECRET = os.environ["JIMENG_ACCESS_KEY"], os.environ["JIMENG_SECRET_KEY"]
SLOTS = int(os.environ["JIMENG_CONCURRENCY"])
SERVERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]


def sign(query: str, body: bytes) -> dict[str, str]:
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    headers = {"content-type": "application/json", "host": HOST, "x-content-sha256": digest, "x-date": now}
    names = ";".join(headers)
    canonical = "\n".join(
        ["POST", "/", query, "".join(f"{name}:{value}\n" for name, value in headers.items()), names, digest]
    )
    scope = f"{now[:8]}/cn-north-1/cv/request"
    text = "\n".join(["HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = SECRET.encode()
    for part in (now[:8], "cn-north-1", "cv", "request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"HMAC-SHA256 Credential={ACCESS}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


async def call(session: aiohttp.ClientSession, action: str, value: dict) -> dict:
    body = json.dumps(value).encode()
    query = f"Action={action}&Version=2022-08-31"
    async with session.post(f"{ENDPOINT}/?{query}", data=body, headers=sign(query, body)) as answer:
        return await answer.json(content_type=None)


async def work(session: aiohttp.ClientSession, producer: Producer, slots: asyncio.Semaphore, value: bytes) -> None:
    try:
        request = json.loads(value)
        model = request["model"]
        while True:
            answer = await call(session, "CVSync2AsyncSubmitTask", {"req_key": model, "prompt": request["prompt"]})
            if answer["code"] == 10000:
                break
            await asyncio.sleep(0.1)
        task = answer["data"]["task_id"]
        while True:
            answer = await call(session, "CVSync2AsyncGetResult", {"req_key": model, "task_id": task})
            data = answer.get("data") or {}
            if answer["code"] == 10000 and data.get("status") == "done":
                break
            await asyncio.sleep(0.1)
        result = {"id": request["id"], "status": "succeeded", "task_id": task, "video_url": data["video_url"]}
        producer.produce("jimeng.results", key=request["id"], value=json.dumps(result))
        producer.poll(0)
    finally:
        slots.release()


def ended(task: asyncio.Task, tasks: set[asyncio.Task]) -> None:
    tasks.discard(task)
    if error := task.exception():
        print(f"a job failed: {error!r}", file=sys.stderr, flush=True)


async def main() -> None:
    consumer = Consumer({
        "bootstrap.servers": SERVERS, "group.id": "python", "auto.offset.reset": "earliest",
        "session.timeout.ms": 6000, "fetch.wait.max.ms": 10,
    })
    consumer.subscribe(["jimeng.requests"])
    producer = Producer({"bootstrap.servers": SERVERS, "linger.ms": 5})
    slots = asyncio.Semaphore(SLOTS)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    tasks: set[asyncio.Task] = set()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=SLOTS)) as session:
        while not stopped.is_set():
            messages = consumer.consume(500, timeout=0)
            if not messages:
                await asyncio.sleep(0.005)
            for message in messages:
                if message.error():
                    continue
                await slots.acquire()
                task = asyncio.create_task(work(session, producer, slots, message.value()))
                tasks.add(task)
                task.add_done_callback(lambda done: ended(done, tasks))
        await asyncio.gather(*tasks, return_exceptions=True)
    producer.flush(5)
    consumer.close()


asyncio.run(main())
