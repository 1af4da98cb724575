// Makes librdkafka's threads visible to the thread sanitizer; empty in every other build.
//
// Debian's librdkafka starts its threads by C11's thrd_create and locks by mtx_* and cnd_*. The sanitizer intercepts
// the pthread calls only, so glibc's own versions give it threads that it never saw begin (it dies at their first
// event) and locks that it takes for none (false reports). Definitions in the program win over those in libc, so here
// are the same calls by way of pthreads.

#if defined(__linux__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

// glibc lays its C11 types out so that the pthread ones fit: both are made of the same members.
_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "mtx_t must hold a pthread mutex");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "cnd_t must hold a pthread condition");
_Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "once_flag must be a pthread's");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "thrd_t must be a pthread");

static int result(int error) {
    switch (error) {
    case 0: return thrd_success;
    case ENOMEM: return thrd_nomem;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    default: return thrd_error;
    }
}

struct start {
    thrd_start_t function;
    void *argument;
};

static void *run(void *memory) {
    struct start start = *(struct start *)memory;
    free(memory);
    return (void *)(intptr_t)start.function(start.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    struct start *start = malloc(sizeof(*start));
    if (!start) return thrd_nomem;
    *start = (struct start){function, argument};
    int error = pthread_create((pthread_t *)thread, NULL, run, start);
    if (error) free(start);
    return error == EAGAIN ? thrd_nomem : result(error);
}

int thrd_join(thrd_t thread, int *value) {
    void *end = NULL;
    int error = pthread_join((pthread_t)thread, &end);
    if (!error && value) *value = (int)(intptr_t)end;
    return result(error);
}

int thrd_detach(thrd_t thread) { return result(pthread_detach((pthread_t)thread)); }

thrd_t thrd_current(void) { return (thrd_t)pthread_self(); }

int thrd_equal(thrd_t left, thrd_t right) {
    return pthread_equal((pthread_t)left, (pthread_t)right);
}

void call_once(once_flag *flag, void (*function)(void)) {
    pthread_once((pthread_once_t *)flag, function);
}

_Noreturn void thrd_exit(int value) { pthread_exit((void *)(intptr_t)value); }

void thrd_yield(void) { sched_yield(); }

int mtx_init(mtx_t *mutex, int type) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    if (type & mtx_recursive) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    int error = pthread_mutex_init((pthread_mutex_t *)mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return result(error);
}

void mtx_destroy(mtx_t *mutex) { pthread_mutex_destroy((pthread_mutex_t *)mutex); }

int mtx_lock(mtx_t *mutex) { return result(pthread_mutex_lock((pthread_mutex_t *)mutex)); }

int mtx_trylock(mtx_t *mutex) { return result(pthread_mutex_trylock((pthread_mutex_t *)mutex)); }

int mtx_timedlock(mtx_t *mutex, const struct timespec *until) {
    return result(pthread_mutex_timedlock((pthread_mutex_t *)mutex, until));
}

int mtx_unlock(mtx_t *mutex) { return result(pthread_mutex_unlock((pthread_mutex_t *)mutex)); }

int cnd_init(cnd_t *condition) {
    return result(pthread_cond_init((pthread_cond_t *)condition, NULL));
}

void cnd_destroy(cnd_t *condition) { pthread_cond_destroy((pthread_cond_t *)condition); }

int cnd_signal(cnd_t *condition) {
    return result(pthread_cond_signal((pthread_cond_t *)condition));
}

int cnd_broadcast(cnd_t *condition) {
    return result(pthread_cond_broadcast((pthread_cond_t *)condition));
}

int cnd_wait(cnd_t *condition, mtx_t *mutex) {
    return result(
        pthread_cond_wait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex));
}

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *until) {
    return result(pthread_cond_timedwait(
        (pthread_cond_t *)condition, (pthread_mutex_t *)mutex, until));
}

#endif
#endif
