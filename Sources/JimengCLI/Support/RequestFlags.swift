// A request's members as flags of `jimeng submit`.

import ArgumentParser
import FoundationEssentials
import JSON

/// A request's members as flags.
struct RequestFlags: ParsableArguments {
    @Option(help: "What is to be seen.") var prompt: String?
    @Option(help: ArgumentHelp("Address of an image. May be repeated.", valueName: "url"))
    var image: [String] = []
    @Option(
        help: ArgumentHelp(
            "Image from a file, sent inside of the request (small ones only). May be repeated.",
            valueName: "path"))
    var imageFile: [String] = []
    @Option(help: ArgumentHelp("The provider's model (req_key).", valueName: "key"))
    var model: String?
    @Option(help: ArgumentHelp("Such as 16:9, or auto: from the image.", valueName: "ratio"))
    var aspectRatio: String?
    @Option(help: "From -1 (any) to 18446744073709551615.") var seed: String?
    @Option(help: "Length of a video: 24 a second and one more.") var frames: Int?
    @Option(help: "The job's id; a new one without it.") var id: String?
    @Option(help: "From 0 (can wait) to 9 (first).") var priority: Int?
    @Option(help: "On whose behalf.") var tenant: String?
    @Option(help: ArgumentHelp("Not to be submitted earlier (RFC 3339).", valueName: "time"))
    var notBefore: String?
    @Option(help: ArgumentHelp("Worthless later (RFC 3339).", valueName: "time"))
    var deadline: String?
    @Option(
        help: ArgumentHelp("Comes back in the outcome. May be repeated.", valueName: "key=value"))
    var metadata: [String] = []
    @Option(
        help: ArgumentHelp(
            "Sent to the provider as it is; a value in JSON, or text. May be repeated.",
            valueName: "key=value"))
    var parameter: [String] = []
    @Flag(help: "Let a model through that the catalogue does not know.") var uncatalogued = false

    var isEmpty: Bool {
        prompt == nil && image.isEmpty && imageFile.isEmpty && model == nil && aspectRatio == nil
            && seed == nil && frames == nil && id == nil && priority == nil && tenant == nil
            && notBefore == nil && deadline == nil && metadata.isEmpty && parameter.isEmpty
            && !uncatalogued
    }

    /// The request as JSON; whether it is valid is for others to say.
    func object() throws -> JSONObject {
        var object: JSONObject = [:]
        object["id"] = id.map { JSON($0) }
        object["model"] = model.map { JSON($0) }
        object["prompt"] = prompt.map { JSON($0) }
        if !image.isEmpty { object["image_urls"] = .array(image.map { JSON($0) }) }
        if !imageFile.isEmpty {
            object["images_base64"] = .array(try imageFile.map { JSON(try Self.base64($0)) })
        }
        object["aspect_ratio"] = aspectRatio.map { JSON($0) }
        object["seed"] = seed.map { JSONNumber(text: $0).map { JSON($0) } ?? JSON($0) }
        object["frames"] = frames.map { JSON($0) }
        if !parameter.isEmpty {
            object["parameters"] = .object(try Self.pairs(parameter, "--parameter"))
        }
        object["priority"] = priority.map { JSON($0) }
        object["tenant"] = tenant.map { JSON($0) }
        object["not_before"] = notBefore.map { JSON($0) }
        object["deadline"] = deadline.map { JSON($0) }
        if !metadata.isEmpty {
            object["metadata"] = .object(try Self.pairs(metadata, "--metadata"))
        }
        if uncatalogued { object["uncatalogued"] = true }
        return object
    }

    static func base64(_ path: String) throws -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFailure(.usage, "the image \(path) cannot be read: check the path")
        }
        return data.base64EncodedString()
    }

    private static func pairs(_ texts: [String], _ flag: String) throws -> JSONObject {
        var object: JSONObject = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw CommandFailure(.usage, "\(flag) takes key=value; got '\(text)'")
            }
            let value = String(text[text.index(after: equals)...])
            object[String(text[..<equals])] =
                (try? JSON(parsing: Array(value.utf8))) ?? JSON(value)
        }
        return object
    }
}
