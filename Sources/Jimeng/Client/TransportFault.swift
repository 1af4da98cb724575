// Why an exchange with the provider failed.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// A failed exchange. Whether the request was sent is not told by this but by `BodyWitness`.
package struct TransportFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, Equatable {
        case connectionRefused = "connection refused"
        case nameNotResolved = "name not resolved"
        case tls = "TLS failed"
        case connectTimeout = "no connection in time"
        case poolTimeout = "no free connection in time"
        case connectionFailed = "connection failed"
        case shutDown = "the client is shut down"
        case cancelled = "cancelled"
        case answerTimeout = "no answer in time"
        case connectionClosed = "connection closed before the answer was whole"
        case protocolError = "not HTTP"
    }

    package let kind: Kind
    /// The error's own words, cut to a bound.
    package let detail: String

    package var description: String {
        detail.isEmpty ? kind.rawValue : "\(kind.rawValue) (\(detail))"
    }

    init(_ kind: Kind, detail: String = "") {
        self.kind = kind
        self.detail = BoundedText.cut(detail, to: 200)
    }

    init(_ error: any Error, whileConnecting: Bool) {
        self.init(
            Self.kind(of: error, whileConnecting: whileConnecting),
            detail: String(describing: error))
    }

    private static func kind(of error: any Error, whileConnecting: Bool) -> Kind {
        switch error {
        case is CancellationError: .cancelled
        case let error as HTTPClientError: kind(of: error, whileConnecting: whileConnecting)
        case let error as NIOConnectionError: kind(of: error)
        case let error as IOError where whileConnecting && error.errnoCode == refusedNumber:
            .connectionRefused
        case is IOError: whileConnecting ? .connectionFailed : .connectionClosed
        case HTTPParserError.invalidEOFState: .connectionClosed
        // NIOSSL is no dependency of this target; its errors are told by the name of their module.
        case _ where String(reflecting: type(of: error)).hasPrefix("NIOSSL."): .tls
        default: whileConnecting ? .connectionFailed : .protocolError
        }
    }

    private static func kind(of error: NIOConnectionError) -> Kind {
        let attempts = error.connectionErrors.map(\.error)
        if attempts.isEmpty { return .nameNotResolved }
        let areRefused = attempts.allSatisfy { ($0 as? IOError)?.errnoCode == refusedNumber }
        return areRefused ? .connectionRefused : .connectionFailed
    }

    private static func kind(of error: HTTPClientError, whileConnecting: Bool) -> Kind {
        switch error {
        case .connectTimeout: .connectTimeout
        case .getConnectionFromPoolTimeout: .poolTimeout
        case .tlsHandshakeTimeout: .tls
        case .alreadyShutdown: .shutDown
        case .cancelled: .cancelled
        case .deadlineExceeded, .readTimeout, .writeTimeout: .answerTimeout
        default: whileConnecting ? .connectionFailed : .connectionClosed
        }
    }
}

/// The number of the error on every platform that this is built for.
private let refusedNumber: CInt = {
    #if os(Linux)
        111
    #else
        61
    #endif
}()
