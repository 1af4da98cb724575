// Makes our error from what the C calls return.

internal import CRDKafka

extension KafkaError {
    /// Takes over an `rd_kafka_error_t` and frees it; `nil` means success.
    init?(consuming error: OpaquePointer?, _ operation: String) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        self.init(
            code: ErrorCode(rd_kafka_error_code(error)), operation: operation,
            message: String(cString: rd_kafka_error_string(error)),
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            isFatal: rd_kafka_error_is_fatal(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
    }

    /// From a plain code; `nil` means success.
    init?(_ code: rd_kafka_resp_err_t, _ operation: String) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        self.init(code: ErrorCode(code), operation: operation)
    }

    /// The fatal error that a client has raised, if any.
    static func fatal(of client: OpaquePointer) -> KafkaError? {
        var message = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(client, &message, message.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(
            code: ErrorCode(code), operation: "go on with this client",
            message: String(cText: message), isFatal: true)
    }
}
