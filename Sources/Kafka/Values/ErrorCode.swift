// Error numbers of librdkafka (negative) and of the Kafka protocol (positive), with their names.

internal import CRDKafka

package struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    init(_ code: rd_kafka_resp_err_t) { self.init(rawValue: code.rawValue) }

    var c: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: rawValue) }

    /// librdkafka's name of the error, such as `UNKNOWN_TOPIC_OR_PART`; local ones start with `_`.
    package var name: String { String(cString: rd_kafka_err2name(c)) }

    /// librdkafka's sentence for the error.
    package var summary: String { String(cString: rd_kafka_err2str(c)) }

    package var description: String { name }
}

extension ErrorCode {
    package static let none = Self(RD_KAFKA_RESP_ERR_NO_ERROR)

    // Local: found by the client itself.
    package static let localTransport = Self(RD_KAFKA_RESP_ERR__TRANSPORT)
    package static let localResolve = Self(RD_KAFKA_RESP_ERR__RESOLVE)
    package static let localAllBrokersDown = Self(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    package static let localTimedOut = Self(RD_KAFKA_RESP_ERR__TIMED_OUT)
    package static let localMessageTimedOut = Self(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
    package static let localTimedOutInQueue = Self(RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE)
    package static let localWaitingForCoordinator = Self(RD_KAFKA_RESP_ERR__WAIT_COORD)
    package static let localAuthentication = Self(RD_KAFKA_RESP_ERR__AUTHENTICATION)
    package static let localTLS = Self(RD_KAFKA_RESP_ERR__SSL)
    package static let localUnknownTopic = Self(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
    package static let localUnknownPartition = Self(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    package static let localUnsupportedFeature = Self(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
    package static let localInvalidArgument = Self(RD_KAFKA_RESP_ERR__INVALID_ARG)
    package static let localConflict = Self(RD_KAFKA_RESP_ERR__CONFLICT)
    package static let localState = Self(RD_KAFKA_RESP_ERR__STATE)
    package static let localFatal = Self(RD_KAFKA_RESP_ERR__FATAL)
    package static let localFenced = Self(RD_KAFKA_RESP_ERR__FENCED)
    package static let localEndOfPartition = Self(RD_KAFKA_RESP_ERR__PARTITION_EOF)
    package static let localOffsetReset = Self(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    package static let localQueueFull = Self(RD_KAFKA_RESP_ERR__QUEUE_FULL)
    package static let localPurgedFromQueue = Self(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
    package static let localDestroyed = Self(RD_KAFKA_RESP_ERR__DESTROY)
    package static let localFailure = Self(RD_KAFKA_RESP_ERR__FAIL)

    // Answers of a broker.
    package static let offsetOutOfRange = Self(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
    package static let unknownTopicOrPartition = Self(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    package static let leaderNotAvailable = Self(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
    package static let notLeader = Self(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)
    package static let requestTimedOut = Self(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)
    package static let messageTooLarge = Self(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    package static let coordinatorLoading = Self(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)
    package static let coordinatorNotAvailable = Self(
        RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE)
    package static let notCoordinator = Self(RD_KAFKA_RESP_ERR_NOT_COORDINATOR)
    package static let invalidTopic = Self(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
    package static let illegalGeneration = Self(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
    package static let unknownMember = Self(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
    package static let rebalanceInProgress = Self(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
    package static let topicAuthorizationFailed = Self(
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    package static let groupAuthorizationFailed = Self(
        RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    package static let clusterAuthorizationFailed = Self(
        RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
    package static let transactionalIDAuthorizationFailed = Self(
        RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    package static let saslAuthenticationFailed = Self(
        RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED)
    package static let unsupportedVersion = Self(RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION)
    package static let topicAlreadyExists = Self(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    package static let outOfOrderSequence = Self(
        RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER)
    package static let invalidProducerEpoch = Self(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    package static let producerFenced = Self(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
    package static let invalidTransactionState = Self(RD_KAFKA_RESP_ERR_INVALID_TXN_STATE)
    package static let concurrentTransactions = Self(RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS)
    package static let fencedInstance = Self(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
    package static let unstableOffsetCommit = Self(RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT)
    /// KIP-848's form of an illegal generation; librdkafka 2.0.2 has no name for it.
    package static let staleMemberEpoch = Self(rawValue: 113)
}
