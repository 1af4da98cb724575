// Sockets that send at once, for a broker inside of a benchmark.
//
// librdkafka's embedded broker leaves Nagle's algorithm on, so an answer now and then waits 40 ms for the delayed
// acknowledgement of the one before it. No real broker does that. Sockets that a listener accepts inherit the option from
// it, so it is enough to set it on every socket that is made.
#include "sockets.h"

int prompt_sockets(void) { return 1; }

#if defined(__linux__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int socket(int domain, int type, int protocol) {
    int made = (int)syscall(SYS_socket, domain, type, protocol);
    if (made >= 0 && (domain == AF_INET || domain == AF_INET6) && (type & 0xf) == SOCK_STREAM) {
        int on = 1;
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return made;
}
#endif
