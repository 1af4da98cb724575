// Everything that a client's queue can hand out, as a Swift value.

enum ClientEvent {
    case record(Record)
    case deliveries([Delivery])
    case assignment([TopicPartition])
    case revocation([TopicPartition])
    /// Trouble with one partition, or its end; `offset` is where its reading stands.
    case partition(TopicPartition, offset: Int64, KafkaError)
    case error(KafkaError)
    case log(LogLine)
    case statistics([UInt8])
    case topicsCreated(Result<[TopicResult], KafkaError>)
    case configurationsDescribed(Result<[TopicConfigurationResult], KafkaError>)
    /// An event that we asked for but have no use for.
    case other
}

/// What became of one record that was given to a producer.
struct Delivery {
    /// The number that the record was given to the producer with.
    let index: Int
    let partition: Int32
    let offset: Int64
    let code: ErrorCode
    let topic: String
}
