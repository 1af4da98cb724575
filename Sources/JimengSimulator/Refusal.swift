// How a call is refused while it is being handled.

/// A call ends here with that code. Thrown inside the provider only; callers see an answer.
struct Refusal: Error, Equatable {
    let code: Int
    /// Replaces the code's own message.
    let message: String?

    init(_ code: Int, _ message: String? = nil) {
        (self.code, self.message) = (code, message)
    }

    /// 50215, the provider's word for a body it does not like.
    static func invalidInput(_ reason: String) -> Self {
        Self(50215, "Input invalid for this service. (\(reason))")
    }
}
