// Makes Swift's Mutex visible to the thread sanitizer where it is contended; empty in every other build.
//
// On Linux, Synchronization.Mutex is a futex of its own. Its quick path is inlined into the program and instrumented
// with it; the slow one, taken when somebody waits, lies in libswiftSynchronization, which is not. The sanitizer
// then does not see who waited for whom and reports a race between two bodies of one lock. These two functions stand
// in for the library's (definitions in the program win), call them, and say what they have done.

#if defined(__linux__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*lock_function)(uint32_t, SELF void *);
typedef SWIFT void (*unlock_function)(SELF void *);

// _MutexHandle._lockSlow(_: UInt32) and _MutexHandle._unlockSlow(); the handle is passed by its address.
SWIFT void shim_lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void shim_unlock_slow(SELF void *handle) __asm__(UNLOCK);

SWIFT void shim_lock_slow(uint32_t thread, SELF void *handle) {
    static lock_function original;
    lock_function function = __atomic_load_n(&original, __ATOMIC_RELAXED);
    if (!function) {
        function = (lock_function)dlsym(RTLD_NEXT, LOCK);
        __atomic_store_n(&original, function, __ATOMIC_RELAXED);
    }
    function(thread, handle);
    __tsan_acquire(handle);
}

SWIFT void shim_unlock_slow(SELF void *handle) {
    static unlock_function original;
    unlock_function function = __atomic_load_n(&original, __ATOMIC_RELAXED);
    if (!function) {
        function = (unlock_function)dlsym(RTLD_NEXT, UNLOCK);
        __atomic_store_n(&original, function, __ATOMIC_RELAXED);
    }
    __tsan_release(handle);
    function(handle);
}

#endif
#endif
