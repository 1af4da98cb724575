// One thing that is wrong with a request, so that its author can mend it.

/// Names the field, shows its value and says what would be right.
package struct RequestProblem: Sendable, Equatable, CustomStringConvertible {
    /// The field as it is called in the request, such as `frames` or `parameters.template_id`.
    package let field: String
    /// The value, cut to a bound; empty when there is none to show.
    package let value: String
    /// What the value should have been, or what to do instead; a clause without a full stop.
    package let remedy: String

    init(_ field: String, _ value: String = "", _ remedy: String) {
        self.field = field
        self.value = BoundedText.cut(value, to: 60)
        self.remedy = remedy
    }

    package var description: String {
        value.isEmpty ? "\(field): \(remedy)." : "\(field) is \(value): \(remedy)."
    }
}
