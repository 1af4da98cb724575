// Parameters that only some models have, with their types and bounds.

import JSON

/// One of a model's own parameters, given in the request's `parameters`.
package struct Parameter: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case flag
        case integer(ClosedRange<Int64>)
        case number(ClosedRange<Double>)
        /// A number greater than nought.
        case positive
        case choice([String])
        /// A URL that the provider fetches.
        case url
        case urls(ClosedRange<Int>)
        /// Known by name only: any value goes.
        case any
    }

    package let name: String
    package let kind: Kind
    package var isRequired = false

    static func required(_ name: String, _ kind: Kind) -> Parameter {
        Parameter(name: name, kind: kind, isRequired: true)
    }

    static func optional(_ name: String, _ kind: Kind) -> Parameter {
        Parameter(name: name, kind: kind)
    }
}

extension Parameter {
    /// What is wrong with a value; `nil` if nothing is.
    func problem(with value: JSON?) -> RequestProblem? {
        let field = "parameters.\(name)"
        guard let value else {
            return isRequired ? RequestProblem(field, "", "this model needs it: \(wanted)") : nil
        }
        return accepts(value) ? nil : RequestProblem(field, value.description, "must be \(wanted)")
    }

    private func accepts(_ value: JSON) -> Bool {
        switch kind {
        case .any: true
        case .flag: value.bool != nil
        case .integer(let bounds): value.int64.map(bounds.contains) ?? false
        case .number(let bounds): value.double.map(bounds.contains) ?? false
        case .positive: value.double.map { $0 > 0 } ?? false
        case .choice(let choices): value.string.map(choices.contains) ?? false
        case .url: value.string.map { ImageURL.problem(in: $0) == nil } ?? false
        case .urls(let count):
            value.array.map { urls in
                count.contains(urls.count)
                    && urls.allSatisfy {
                        $0.string.map { ImageURL.problem(in: $0) == nil } ?? false
                    }
            } ?? false
        }
    }

    private var wanted: String {
        switch kind {
        case .any: "a value"
        case .flag: "true or false"
        case .integer(let bounds):
            "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .number(let bounds): "a number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .positive: "a number greater than 0"
        case .choice(let choices): "one of \(choices.joined(separator: ", "))"
        case .url: "an http or https URL without credentials"
        case .urls(let count):
            "\(count.lowerBound) to \(count.upperBound) http or https URLs without credentials"
        }
    }
}
