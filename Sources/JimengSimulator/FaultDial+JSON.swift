// The JSON form of the fault dial: snake-case names, seconds, and no field that it does not know.

import FoundationEssentials

extension FaultDial {
    /// The names in JSON.
    package enum Field: String, CaseIterable, Sendable {
        case submitRefusals = "submit_refusals"
        case queryRefusals = "query_refusals"
        case dropBeforeHandling = "drop_before_handling"
        case dropAfterAcceptance = "drop_after_acceptance"
        case htmlPages = "html_pages"
        case htmlPagesAfterAcceptance = "html_pages_after_acceptance"
        case htmlStatuses = "html_statuses"
        case slowAnswers = "slow_answers"
        case slowDelay = "slow_delay_seconds"
        case truncatedAnswers = "truncated_answers"
        case emptyBodies = "empty_bodies"
        case lostTasks = "lost_tasks"
        case failedTasks = "failed_tasks"
        case doneWithoutURL = "done_without_url"
        case doneWithoutURLFor = "done_without_url_seconds"
        case unknownStatuses = "unknown_statuses"
        case unknownStatusTexts = "unknown_status_texts"
        case lateSuccesses = "late_successes"
        case lateSuccessBy = "late_success_seconds"
        case expiringLinks = "expiring_links"
        case expiringLinkLife = "expiring_link_seconds"
        case clockSkew = "clock_skew_seconds"
        /// Only read: the preset that the other fields are changes to.
        case preset
    }

    typealias Path<Value> = WritableKeyPath<FaultDial, Value> & Sendable

    static let probabilities: [(Field, any Path<Double>)] = [
        (.dropBeforeHandling, \.dropBeforeHandling),
        (.dropAfterAcceptance, \.dropAfterAcceptance),
        (.htmlPages, \.htmlPages), (.htmlPagesAfterAcceptance, \.htmlPagesAfterAcceptance),
        (.slowAnswers, \.slowAnswers), (.truncatedAnswers, \.truncatedAnswers),
        (.emptyBodies, \.emptyBodies), (.lostTasks, \.lostTasks),
        (.doneWithoutURL, \.doneWithoutURL), (.unknownStatuses, \.unknownStatuses),
        (.lateSuccesses, \.lateSuccesses), (.expiringLinks, \.expiringLinks),
    ]

    static let codeMaps: [(Field, any Path<[Int: Double]>)] = [
        (.submitRefusals, \.submitRefusals), (.queryRefusals, \.queryRefusals),
        (.failedTasks, \.failedTasks),
    ]

    static let durations: [(Field, any Path<Duration>)] = [
        (.doneWithoutURLFor, \.doneWithoutURLFor), (.lateSuccessBy, \.lateSuccessBy),
        (.expiringLinkLife, \.expiringLinkLife), (.clockSkew, \.clockSkew),
    ]

    /// Reads a dial. Fields that are absent are off, or as in the `preset` that is named.
    package init(json bytes: [UInt8]) throws(SimulatorError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch DecodingError.dataCorrupted(let context) where !context.debugDescription.isEmpty {
            throw .invalidDial(context.debugDescription)
        } catch DecodingError.typeMismatch(_, let context) {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .invalidDial("\(path.isEmpty ? "the dial" : path) has a wrong type")
        } catch {
            throw .invalidDial("it is not a JSON object: \(error)")
        }
    }

    /// The dial as JSON, every field in it.
    package func json() throws(SimulatorError) -> [UInt8] {
        try writtenJSON(self)
    }
}

/// Any field name, known or not.
private struct AnyField: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ field: FaultDial.Field) { stringValue = field.rawValue }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension FaultDial: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyField.self)
        try Self.refuseUnknown(container.allKeys, decoder)
        self = try Self.base(container)
        func read<Value: Decodable>(_ field: Field, _ type: Value.Type) throws -> Value? {
            try container.decodeIfPresent(type, forKey: AnyField(field))
        }
        for (field, path) in Self.probabilities {
            try read(field, Double.self).map { self[keyPath: path] = $0 }
        }
        for (field, path) in Self.codeMaps {
            try read(field, [Int: Double].self).map { self[keyPath: path] = $0 }
        }
        for (field, path) in Self.durations {
            if let seconds = try read(field, Double.self) {
                self[keyPath: path] = try Self.duration(seconds, field, container)
            }
        }
        try read(.htmlStatuses, [Int].self).map { htmlStatuses = $0 }
        try read(.unknownStatusTexts, [String].self).map { unknownStatusTexts = $0 }
        if let bounds = try read(.slowDelay, [Double].self) {
            guard bounds.count == 2, bounds[0] <= bounds[1] else {
                throw Self.invalid(container, "slow_delay_seconds must be [least, most]")
            }
            let least = try Self.duration(bounds[0], .slowDelay, container)
            slowDelay = least...(try Self.duration(bounds[1], .slowDelay, container))
        }
        if let problem { throw Self.invalid(container, problem) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyField.self)
        for (field, path) in Self.probabilities {
            try container.encode(self[keyPath: path], forKey: AnyField(field))
        }
        for (field, path) in Self.codeMaps {
            try container.encode(self[keyPath: path], forKey: AnyField(field))
        }
        for (field, path) in Self.durations {
            try container.encode(self[keyPath: path].inSeconds, forKey: AnyField(field))
        }
        try container.encode(htmlStatuses, forKey: AnyField(.htmlStatuses))
        try container.encode(unknownStatusTexts, forKey: AnyField(.unknownStatusTexts))
        let bounds = [slowDelay.lowerBound.inSeconds, slowDelay.upperBound.inSeconds]
        try container.encode(bounds, forKey: AnyField(.slowDelay))
    }

    private static func refuseUnknown(_ keys: [AnyField], _ decoder: any Decoder) throws {
        let known = Set(Field.allCases.map(\.rawValue))
        let unknown = keys.map(\.stringValue).filter { !known.contains($0) }.sorted()
        guard unknown.isEmpty else {
            let context = DecodingError.Context(
                codingPath: decoder.codingPath,
                debugDescription: "unknown field \(unknown.joined(separator: ", ")); known are "
                    + Field.allCases.map(\.rawValue).joined(separator: ", "))
            throw DecodingError.dataCorrupted(context)
        }
    }

    private static func base(_ container: KeyedDecodingContainer<AnyField>) throws -> FaultDial {
        guard let name = try container.decodeIfPresent(String.self, forKey: AnyField(.preset))
        else { return FaultDial() }
        guard let preset = Preset(rawValue: name) else {
            let names = Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid(container, "no preset is called \"\(name)\"; there are \(names)")
        }
        return preset.dial
    }

    /// Ten years either way: what is added to an instant must leave one.
    private static let longestSeconds = 315_360_000.0

    private static func duration(
        _ seconds: Double, _ field: Field, _ container: KeyedDecodingContainer<AnyField>
    ) throws -> Duration {
        guard abs(seconds) <= longestSeconds else {
            throw invalid(container, "\(field.rawValue) must be within ten years")
        }
        return .seconds(seconds)
    }

    private static func invalid(_ container: KeyedDecodingContainer<AnyField>, _ reason: String)
        -> DecodingError
    {
        .dataCorrupted(.init(codingPath: container.codingPath, debugDescription: reason))
    }
}
