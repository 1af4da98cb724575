// W3C trace context: the headers that travel from a request to its outcome.

package import JobEngine
package import Kafka

package enum TraceHeaders {
    /// `traceparent` and `tracestate` where they are well formed; everything else stays behind.
    package static func wellFormed(in headers: [Header]) -> [Request.Header] {
        guard let parent = value("traceparent", in: headers), isTraceparent(parent) else {
            return []
        }
        var kept = [Request.Header(name: "traceparent", value: parent)]
        if let state = value("tracestate", in: headers), (1...512).contains(state.count),
            state.allSatisfy({ (0x20...0x7E).contains($0) })
        {
            kept.append(Request.Header(name: "tracestate", value: state))
        }
        return kept
    }

    private static func value(_ name: String, in headers: [Header]) -> [UInt8]? {
        headers.first { $0.name == name }?.value
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`, lower case; W3C Trace Context, section 3.2.2: version ff and ids of noughts only
    /// are invalid.
    private static func isTraceparent(_ value: [UInt8]) -> Bool {
        let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2] else { return false }
        let isHex = parts.allSatisfy { part in
            part.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
        }
        return isHex && !parts[0].elementsEqual("ff".utf8)
            && parts[1...2].allSatisfy { $0.contains { $0 != UInt8(ascii: "0") } }
    }
}
