// A port of this machine that refuses every connection for as long as a test needs it.

import Foundation

/// Bound, so that nobody else gets it, and never listened on, so that connections are refused.
final class DeadPort: Sendable {
    let number: Int
    private let socket: CInt

    init() {
        #if os(Linux)
            let stream = CInt(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        socket = Foundation.socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, length)
                _ = getsockname(descriptor, generic, &length)
            }
        }
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}
