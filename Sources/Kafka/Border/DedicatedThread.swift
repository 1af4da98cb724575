// Starts operating system threads, for work that blocks in C and must not do so on the cooperative pool.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

enum DedicatedThread {
    /// Runs `body` on a new, detached thread.
    ///
    /// - Parameter name: shown by `top -H` and debuggers; Linux keeps 15 bytes.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let work = UnsafeMutablePointer<Work>.allocate(capacity: 1)
        work.initialize(to: Work(name: name, body: body))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let result = pthread_create(&thread, nil, runWork, work)
        // Nothing sensible can go on without threads: the message says what ran out.
        precondition(result == 0, "no thread for \(name): error \(result); raise the process limit")
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
    }

    private struct Work {
        let name: String
        let body: @Sendable () -> Void
    }

    #if canImport(Darwin)
        private static let runWork:
            @convention(c) (UnsafeMutableRawPointer) ->
                UnsafeMutableRawPointer? = {
                    run($0); return nil
                }
    #else
        private static let runWork:
            @convention(c) (UnsafeMutableRawPointer?) ->
                UnsafeMutableRawPointer? = { pointer in
                    if let pointer { run(pointer) }
                    return nil
                }
    #endif

    /// The new thread's first act: it takes the work over and frees its box.
    private static func run(_ pointer: UnsafeMutableRawPointer) {
        let box = pointer.assumingMemoryBound(to: Work.self)
        let work = box.move()
        box.deallocate()
        setName(work.name)
        work.body()
    }

    /// Names the calling thread, as far as the system lets us: a thread without a name is as good.
    private static func setName(_ name: String) {
        #if canImport(Darwin)
            pthread_setname_np(name)
        #else
            // `pthread_setname_np` is behind `_GNU_SOURCE`, which Swift's module does not define.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            defer { close(file) }
            _ = name.withCString { write(file, $0, strlen($0)) }
        #endif
    }
}
