// A provider for benchmarks: HTTP/1.1 with keep-alive, one thread, answers from constants.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "instant_provider.h"

#if defined(__linux__)
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { largest_request = 64 * 1024, most_connections = 4096, most_tasks = 1 << 22 };

struct connection {
    int size;
    char bytes[largest_request];
};

static struct connection *connections[most_connections];
/// Millisecond at which each task is done.
static int64_t *done_at;
static uint32_t tasks;
static int32_t longest;
static int listener, events;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void drop(int socket) {
    free(connections[socket]);
    connections[socket] = NULL;
    close(socket);
}

static void answer(int socket, const char *body) {
    char text[1024];
    int size = snprintf(
        text, sizeof text,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    if (send(socket, text, size, MSG_NOSIGNAL) != size) drop(socket);
}

static void submit(int socket) {
    char body[256];
    uint32_t task = tasks++ % most_tasks;
    done_at[task] = now() + (longest ? rand() % (longest + 1) : 0);
    snprintf(
        body, sizeof body,
        "{\"code\":10000,\"data\":{\"task_id\":\"%u\"},\"message\":\"Success\",\"request_id\":\"r%u\",\"status\":10000}",
        task, task);
    answer(socket, body);
}

static void query(int socket, const char *body) {
    const char *place = strstr(body, "\"task_id\"");
    unsigned long task = most_tasks;
    if (place && (place = strchr(place + 9, '"'))) task = strtoul(place + 1, NULL, 10);
    if (task >= most_tasks || done_at[task] > now())
        return answer(
            socket,
            "{\"code\":10000,\"data\":{\"status\":\"generating\"},\"message\":\"Success\",\"request_id\":\"q\",\"status\":10000}");
    answer(
        socket,
        "{\"code\":10000,\"data\":{\"status\":\"done\",\"video_url\":\"http://127.0.0.1/v.mp4\"},\"message\":\"Success\","
        "\"request_id\":\"q\",\"status\":10000}");
}

/// Answers the first request if it is whole. Returns the bytes that it took.
static int take(int socket, struct connection *connection) {
    connection->bytes[connection->size] = 0;
    char *end = strstr(connection->bytes, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(connection->bytes, "\r\ncontent-length:");
    int body = length && length < end ? atoi(length + 17) : 0;
    int whole = (int)(end + 4 - connection->bytes) + body;
    if (body < 0 || whole > connection->size) return 0;
    if (strstr(connection->bytes, "CVSync2AsyncSubmitTask"))
        submit(socket);
    else
        query(socket, end + 4);
    return whole;
}

static void readable(int socket) {
    struct connection *connection = connections[socket];
    ssize_t got = recv(
        socket, connection->bytes + connection->size, largest_request - 1 - connection->size, 0);
    if (got <= 0) return drop(socket);
    connection->size += (int)got;
    int taken;
    while ((taken = take(socket, connection)) > 0 && connections[socket]) {
        connection->size -= taken;
        memmove(connection->bytes, connection->bytes + taken, connection->size);
    }
    if (connections[socket] && connection->size == largest_request - 1) drop(socket);
}

static void accept_one(void) {
    int made = accept(listener, NULL, NULL);
    if (made < 0) return;
    if (made >= most_connections || !(connections[made] = malloc(sizeof(struct connection)))) {
        close(made);
        return;
    }
    connections[made]->size = 0;
    int on = 1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = made};
    epoll_ctl(events, EPOLL_CTL_ADD, made, &interest);
}

static void *serve(void *unused) {
    struct epoll_event ready[256];
    for (;;) {
        int count = epoll_wait(events, ready, 256, -1);
        for (int index = 0; index < count; index++) {
            if (ready[index].data.fd == listener)
                accept_one();
            else if (connections[ready[index].data.fd])
                readable(ready[index].data.fd);
        }
    }
    return unused;
}

int instant_provider_start(int32_t milliseconds) {
    longest = milliseconds;
    done_at = calloc(most_tasks, sizeof *done_at);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    events = epoll_create1(0);
    if (!done_at || listener < 0 || events < 0) return -1;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)
        || getsockname(listener, (struct sockaddr *)&address, &size))
        return -1;
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_ctl(events, EPOLL_CTL_ADD, listener, &interest)) return -1;
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, serve, NULL))) return -1;
    return ntohs(address.sin_port);
}

#else
int instant_provider_start(int32_t milliseconds) { return -1; }
#endif
