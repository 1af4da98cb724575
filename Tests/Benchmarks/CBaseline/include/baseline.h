// What a plain C program does with librdkafka: the measure for our wrapper.
#pragma once
#include <stdint.h>

typedef struct {
    // Wall time, and CPU time of the whole process, in seconds; negative if it failed.
    double wall;
    double cpu;
    int64_t records;
} baseline_result;

// Produces `count` records of `size` bytes over all partitions and waits for every delivery.
baseline_result baseline_produce(const char *servers, const char *topic, int partitions, int64_t count, int size);
// Reads `count` records of all partitions from their beginning, each payload copied once.
baseline_result baseline_consume(const char *servers, const char *topic, int partitions, int64_t count);
