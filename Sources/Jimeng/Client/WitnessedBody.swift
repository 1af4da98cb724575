// A request body that notices whether anybody ever wanted its bytes.

import Synchronization

/// Tells whether a request can have been sent.
///
/// The HTTP client asks for the bytes of a body only when it has a connection, in the same turn of the
/// event loop in which it has written the head (`HTTP1ClientChannelHandler`: the head is written, then
/// `resumeRequestBodyStream` makes the body; bodies of more than 4 MiB are asked for one task later).
/// So a request that failed before its body was wanted got no byte of the body out, and the provider
/// cannot act on it: the length of the body stands in the head and its hash in the signature.
/// Should a later version of the client ask earlier, then more failures count as possibly sent: the
/// careful side.
final class BodyWitness: Sendable {
    private let asked = Atomic(false)

    var wasAsked: Bool { asked.load(ordering: .acquiring) }

    func note() { asked.store(true, ordering: .releasing) }
}

/// Bytes that tell their witness of any look at them. Asking for their number is no look.
struct WitnessedBody: RandomAccessCollection, Sendable {
    let bytes: [UInt8]
    let witness: BodyWitness

    var startIndex: Int { 0 }

    var endIndex: Int { bytes.count }

    subscript(position: Int) -> UInt8 {
        witness.note()
        return bytes[position]
    }

    subscript(bounds: Range<Int>) -> ArraySlice<UInt8> {
        witness.note()
        return bytes[bounds]
    }

    func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        witness.note()
        return try bytes.withContiguousStorageIfAvailable(body)
    }
}
