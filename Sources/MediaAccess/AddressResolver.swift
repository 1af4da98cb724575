// Looks up the addresses of a host name.

import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How names become addresses: the system's way, or whatever a test wants.
///
/// The look-up should end early when its task is cancelled; the time limit of a fetch waits for it.
package struct AddressResolver: Sendable {
    /// All addresses of a name, best first.
    package let resolve: @Sendable (_ name: String) async throws -> [IPAddress]

    package init(_ resolve: @escaping @Sendable (_ name: String) async throws -> [IPAddress]) {
        self.resolve = resolve
    }

    /// `getaddrinfo` on a thread of NIO's pool. A cancelled look-up is left behind on that thread
    /// until the system gives it up; nobody waits for it.
    package static let system = AddressResolver { name in
        let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(
            of: [IPAddress].self)
        NIOThreadPool.singleton.submit { state in
            promise.completeWith(
                state == .active ? Result { try lookUp(name) } : .failure(CancellationError()))
        }
        // A promise keeps what it is given first, so it does not matter who wins.
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }

    /// What `getaddrinfo` has to say about a failure.
    private struct LookUpFailure: Error, CustomStringConvertible {
        let description: String
    }

    private static func lookUp(_ name: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_flags = AI_ADDRCONFIG
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else {
            throw LookUpFailure(
                description: gai_strerror(code).map { String(cString: $0) } ?? "unknown error")
        }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { $0?.pointee }.compactMap(address)
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let socket = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let v4 = socket.loadUnaligned(as: sockaddr_in.self)
            return .v4(UInt32(bigEndian: v4.sin_addr.s_addr))
        case AF_INET6:
            let v6 = socket.loadUnaligned(as: sockaddr_in6.self)
            return .v6(
                withUnsafeBytes(of: v6.sin6_addr) { bytes in
                    bytes.reduce(0) { $0 << 8 | UInt128($1) }
                })
        default:
            return nil
        }
    }
}
