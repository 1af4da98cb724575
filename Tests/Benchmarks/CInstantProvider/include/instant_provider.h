#pragma once
#include <stdint.h>

/// Starts a provider that accepts every submit, and whose tasks are done after 0 to `milliseconds`, in a thread of its own.
/// Checks no signature and keeps nothing but when each task is done: what it costs should not be what a benchmark measures.
///
/// Returns the port on 127.0.0.1, or -1 with errno set.
int instant_provider_start(int32_t milliseconds);
