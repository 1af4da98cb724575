// Placeholder until the first slice of Kafka lands.
