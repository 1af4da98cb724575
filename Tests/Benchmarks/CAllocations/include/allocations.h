// Counts what the process takes from malloc: for the benchmarks only, linked into no product.
#pragma once
#include <stdint.h>

// Calls of malloc, calloc, realloc and the aligned kinds so far, of all threads, librdkafka's included.
uint64_t allocations_so_far(void);
// Bytes that are taken and not given back, as malloc counts them.
int64_t allocated_bytes(void);
