// Produces and consumes with librdkafka as a plain C program would: events by queue, batches, one copy.
#include "baseline.h"
#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double wall_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static const baseline_result failed = {-1, -1, 0};

static rd_kafka_t *client(rd_kafka_type_t type, const char *servers) {
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", servers, text, sizeof(text));
    rd_kafka_conf_set(conf, "log_level", "3", text, sizeof(text));
    rd_kafka_conf_set(conf, "socket.nagle.disable", "true", text, sizeof(text));
    if (type == RD_KAFKA_PRODUCER) {
        rd_kafka_conf_set(conf, "enable.idempotence", "true", text, sizeof(text));
        rd_kafka_conf_set(conf, "queue.buffering.max.messages", "1000000", text, sizeof(text));
        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
    } else {
        rd_kafka_conf_set(conf, "group.id", "baseline", text, sizeof(text));
        rd_kafka_conf_set(conf, "enable.auto.commit", "false", text, sizeof(text));
        rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", text, sizeof(text));
        rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", text, sizeof(text));
    }
    rd_kafka_t *kafka = rd_kafka_new(type, conf, text, sizeof(text));
    if (!kafka) rd_kafka_conf_destroy(conf);
    return kafka;
}

static int64_t deliveries(rd_kafka_queue_t *queue, int milliseconds) {
    int64_t delivered = 0;
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, milliseconds);
    if (!event) return 0;
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) delivered = (int64_t)rd_kafka_event_message_count(event);
    rd_kafka_event_destroy(event);
    return delivered;
}

baseline_result baseline_produce(const char *servers, const char *topic, int partitions, int64_t count, int size) {
    rd_kafka_t *kafka = client(RD_KAFKA_PRODUCER, servers);
    if (!kafka) return failed;
    rd_kafka_queue_t *queue = rd_kafka_queue_get_main(kafka);
    char *payload = malloc((size_t)size);
    memset(payload, 'x', (size_t)size);
    double wall = wall_now(), cpu = cpu_now();
    int64_t delivered = 0;
    for (int64_t sent = 0; sent < count;) {
        rd_kafka_resp_err_t error = rd_kafka_producev(
            kafka, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION((int32_t)(sent % partitions)),
            RD_KAFKA_V_VALUE(payload, (size_t)size), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) sent++;
        else if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
        if (error || sent % 500 == 0) delivered += deliveries(queue, error ? 10 : 0);
    }
    double deadline = wall_now() + 60;
    while (delivered < count && wall_now() < deadline) delivered += deliveries(queue, 100);
    baseline_result result = {wall_now() - wall, cpu_now() - cpu, delivered};
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(kafka);
    free(payload);
    return result;
}

baseline_result baseline_consume(const char *servers, const char *topic, int partitions, int64_t count) {
    enum { batch = 500 };
    rd_kafka_t *kafka = client(RD_KAFKA_CONSUMER, servers);
    if (!kafka) return failed;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    double wall = wall_now(), cpu = cpu_now();
    rd_kafka_assign(kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    int64_t read = 0;
    double deadline = wall_now() + 60;
    while (read < count && wall_now() < deadline) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(kafka, 100);
        if (!message) continue;
        if (!message->err) {
            void *copy = malloc(message->len + 1);
            memcpy(copy, message->payload, message->len);
            free(copy);
            read++;
        }
        rd_kafka_message_destroy(message);
    }
    baseline_result result = {wall_now() - wall, cpu_now() - cpu, read};
    rd_kafka_consumer_close(kafka);
    rd_kafka_destroy(kafka);
    return result;
}
