// A request as far as the engine must understand it; the rest rides along untouched.

/// What the runtime made of a record on the requests topic.
package struct Request: Equatable, Sendable {
    package var id: JobID
    package var source: Source
    /// The record's timestamp: when the user asked.
    package var requestedAt: Instant
    package var model: String
    /// Frames of the video; with the model it names the class of generation times.
    package var frames: Int?
    /// 0 (can wait) … 9 (first).
    package var priority: Int
    package var tenant: String?
    /// Not to be submitted earlier.
    package var notBefore: Instant?
    /// Worthless later: a waiting job expires, a submitted one is asked for once more and then given up.
    package var deadline: Instant?
    /// The aspect ratio is to be read from the image's pixel size before the submit.
    package var wantsProbe: Bool
    /// What a submit is expected to cost, in millionths of the provider's currency unit; nil: unknown.
    package var cost: Int64?
    /// The record's value, verbatim.
    package var payload: [UInt8]
    /// Headers that travel on to the outcome (W3C trace context).
    package var headers: [Header]

    package init(
        id: JobID, source: Source, requestedAt: Instant, model: String, frames: Int? = nil,
        priority: Int = Request.defaultPriority, tenant: String? = nil, notBefore: Instant? = nil,
        deadline: Instant? = nil, wantsProbe: Bool = false, cost: Int64? = nil,
        payload: [UInt8] = [], headers: [Header] = []
    ) {
        self.id = id
        self.source = source
        self.requestedAt = requestedAt
        self.model = model
        self.frames = frames
        self.priority = priority
        self.tenant = tenant
        self.notBefore = notBefore
        self.deadline = deadline
        self.wantsProbe = wantsProbe
        self.cost = cost
        self.payload = payload
        self.headers = headers
    }

    package static let defaultPriority = 5

    /// One header of a record; names may repeat.
    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: [UInt8]

        package init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }
}
