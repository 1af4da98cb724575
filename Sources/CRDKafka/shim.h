// librdkafka as a Clang module. The mock header must follow the main one: it has an #error otherwise.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
