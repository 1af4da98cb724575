// The one error of this target: what was being done, what Kafka said, and what that means.

package struct KafkaError: Error, Hashable, Sendable {
    /// What kind of trouble it is: the part to switch over.
    package enum Kind: Hashable, Sendable {
        /// Properties that the client refuses, all of them.
        case configuration([ConfigurationProblem])
        /// No broker, or not the needed one, can be reached or resolved.
        case unreachable
        /// SASL or TLS said no.
        case authentication
        /// The broker knows who asks and says no.
        case authorization
        case unknownTopic
        /// The bound that the caller gave, or one of the client's own, has passed.
        case timedOut
        /// The committed offsets are still part of a pending transaction.
        case unstableOffsets
        /// The group no longer knows this member, or knows it in a later generation.
        case staleMember
        /// Another producer with the same transactional id took over.
        case fenced
        case offsetOutOfRange
        /// A record is larger than the client or the topic takes: writing it again will not help.
        case recordTooLarge
        case unsupportedByBroker
        /// The client was closed before, or while, it was asked.
        case closed
        case other
    }

    package let kind: Kind
    package let code: ErrorCode
    /// What was being done, in words: `commit the transaction`.
    package let operation: String
    /// What librdkafka or the broker said. Never holds a secret.
    package let message: String
    /// The same call may be made again as it is.
    package let isRetriable: Bool
    /// The client is of no use any more: make a new one, or exit.
    package let isFatal: Bool
    /// The running transaction must be aborted; the next one may succeed.
    package let requiresAbort: Bool

    package init(
        _ kind: Kind? = nil, code: ErrorCode = .localFailure, operation: String,
        message: String? = nil, isRetriable: Bool = false, isFatal: Bool = false,
        requiresAbort: Bool = false
    ) {
        self.kind = kind ?? Kind(code)
        self.code = code
        self.operation = operation
        self.message = message ?? code.summary
        self.isRetriable = isRetriable
        self.isFatal = isFatal
        self.requiresAbort = requiresAbort
    }

    static func closed(_ operation: String) -> KafkaError {
        KafkaError(.closed, code: .localDestroyed, operation: operation, message: "client closed")
    }

    /// Whether the group has moved on without this member: its lanes are, or may be, another's.
    package var isStaleMember: Bool { kind == .staleMember }

    /// librdkafka's name of the error, such as `ILLEGAL_GENERATION`.
    package var name: String { code.name }
}

extension KafkaError.Kind {
    /// The kind that a code belongs to when nothing else is known.
    init(_ code: ErrorCode) {
        switch code {
        case .localTransport, .localResolve, .localAllBrokersDown, .localWaitingForCoordinator,
            .coordinatorNotAvailable:
            self = .unreachable
        case .localAuthentication, .localTLS, .saslAuthenticationFailed:
            self = .authentication
        case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
            .transactionalIDAuthorizationFailed:
            self = .authorization
        case .localUnknownTopic, .localUnknownPartition, .unknownTopicOrPartition, .invalidTopic:
            self = .unknownTopic
        case .localTimedOut, .localMessageTimedOut, .localTimedOutInQueue, .requestTimedOut:
            self = .timedOut
        case .unstableOffsetCommit:
            self = .unstableOffsets
        case .illegalGeneration, .unknownMember, .fencedInstance, .staleMemberEpoch:
            self = .staleMember
        case .localFenced, .producerFenced, .invalidProducerEpoch:
            self = .fenced
        case .offsetOutOfRange, .localOffsetReset:
            self = .offsetOutOfRange
        case .messageTooLarge:
            self = .recordTooLarge
        case .localUnsupportedFeature, .unsupportedVersion:
            self = .unsupportedByBroker
        case .localDestroyed:
            self = .closed
        default:
            self = .other
        }
    }
}
