// The body of a query: which task, and what its result is to bear.

import JSON

/// Marks that the law of the provider's country asks for in generated media (`aigc_meta`).
package struct AIGCMeta: Sendable, Equatable {
    package let contentProducer: String?
    package let producerID: String
    package let contentPropagator: String
    package let propagateID: String?

    /// - Throws: `JimengError.setting` for an empty required value or one of more than 256 characters.
    package init(
        producerID: String, contentPropagator: String, contentProducer: String? = nil,
        propagateID: String? = nil
    ) throws(JimengError) {
        try Self.check(producerID, "aigc_meta.producer_id")
        try Self.check(contentPropagator, "aigc_meta.content_propagator")
        if let contentProducer { try Self.check(contentProducer, "aigc_meta.content_producer") }
        if let propagateID { try Self.check(propagateID, "aigc_meta.propagate_id") }
        self.producerID = producerID
        self.contentPropagator = contentPropagator
        self.contentProducer = contentProducer
        self.propagateID = propagateID
    }

    private static func check(_ value: String, _ name: String) throws(JimengError) {
        guard (1...256).contains(value.unicodeScalars.count) else {
            throw .setting(name: name, reason: "it must have 1 to 256 characters")
        }
    }

    var json: JSON {
        var object: JSONObject = [:]
        object["content_producer"] = contentProducer.map { JSON($0) }
        object["producer_id"] = JSON(producerID)
        object["content_propagator"] = JSON(contentPropagator)
        object["propagate_id"] = propagateID.map { JSON($0) }
        return JSON(object)
    }
}

/// A visible mark in generated images (`logo_info`).
package struct LogoMark: Sendable, Equatable {
    package let position: Int
    package let language: Int
    package let opacity: Double
    package let text: String

    /// - Parameters:
    ///   - position: 0 to 3, the provider's numbers for the corners.
    ///   - language: 0 or 1.
    ///   - opacity: 0 to 1.
    ///   - text: 1 to 256 characters.
    /// - Throws: `JimengError.setting` for a value out of bounds.
    package init(
        text: String, position: Int = 0, language: Int = 0, opacity: Double = 1
    ) throws(JimengError) {
        guard (0...3).contains(position), (0...1).contains(language), (0...1).contains(opacity),
            (1...256).contains(text.unicodeScalars.count)
        else {
            throw .setting(
                name: "logo_info",
                reason: "position must be 0 to 3, language 0 or 1, opacity 0 to 1, "
                    + "the text 1 to 256 characters")
        }
        (self.text, self.position, self.language, self.opacity) = (
            text, position, language, opacity
        )
    }

    var json: JSON {
        [
            "add_logo": true, "position": JSON(position), "language": JSON(language),
            "opacity": JSON(opacity), "logo_text_content": JSON(text),
        ]
    }
}

/// One look at a task.
package struct TaskQuery: Sendable, Equatable {
    /// The `req_key` that the task was submitted with; another one is answered with an error.
    package let modelKey: String
    package let taskID: TaskID
    /// What the model makes; `nil` when the catalogue does not know it.
    package let output: Model.Output?
    /// What goes into `req_json`, a string that holds JSON; `nil` sends none.
    let options: JSONObject?

    /// - Parameters:
    ///   - model: `nil` for a model that the catalogue does not know: it gets what is asked for alone.
    ///   - logo: for images only; a video model does not get it.
    package init(
        modelKey: String, taskID: TaskID, model: Model?, aigcMeta: AIGCMeta? = nil,
        logo: LogoMark? = nil
    ) {
        self.modelKey = modelKey
        self.taskID = taskID
        output = model?.output
        var options: JSONObject = [:]
        // Without it images come as base64 inside of the answer.
        if model?.output == .images { options["return_url"] = true }
        if model?.output != .video { options["logo_info"] = logo?.json }
        options["aigc_meta"] = aigcMeta?.json
        self.options = options.isEmpty ? nil : options
    }

    package var body: [UInt8] {
        var body: JSONObject = ["req_key": JSON(modelKey), "task_id": JSON(taskID.text)]
        body["req_json"] = options.map { JSON(JSON($0).description) }
        return JSON(body).serialized()
    }
}
