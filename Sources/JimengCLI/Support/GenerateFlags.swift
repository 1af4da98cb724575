// A request's members as flags of `jimeng generate`.

import ArgumentParser
import Jimeng

/// The request's members as flags, with the defaults of the script that this grew out of.
struct GenerateFlags: ParsableArguments {
    static let sampleImage =
        "https://ogre.natalie.mu/media/news/comic/2025/0628/mugenjo_poster_ver2.jpg"
    static let samplePrompt = "人物缓缓望着镜头，希区柯克式变焦，人物与背景移速不同"

    @Option(help: ArgumentHelp("Address of an image. May be repeated.", valueName: "url"))
    var image: [String] = []
    @Option(help: ArgumentHelp("Image from a file. May be repeated.", valueName: "path"))
    var imageFile: [String] = []
    @Option(help: "What is to be seen.") var prompt: String?
    @Option(help: ArgumentHelp("The provider's model (req_key).", valueName: "key"))
    var model: String?
    @Option(help: ArgumentHelp("Such as 16:9; without it from the image.", valueName: "ratio"))
    var aspectRatio: String?
    @Option(help: "From -1 (any) on.") var seed: String?
    @Option(help: "Length of a video: 24 a second and one more.") var frames: Int?
    @Flag(help: "Let a model through that the catalogue does not know.") var uncatalogued = false

    func generation() throws -> GenerationRequest {
        let isSample = model == nil || model == ModelCatalogue.standardModel
        var request = GenerationRequest(
            model: model, prompt: prompt ?? (isSample ? Self.samplePrompt : nil))
        request.imageURLs = image
        request.imagesBase64 = try imageFile.map { try RequestFlags.base64($0) }
        if isSample, image.isEmpty, imageFile.isEmpty { request.imageURLs = [Self.sampleImage] }
        let rule = ModelCatalogue().model(model ?? ModelCatalogue.standardModel)?.ratio
        if let aspectRatio {
            request.aspectRatio = aspectRatio == "auto" ? .auto : .ratio(aspectRatio)
        } else if rule?.goesWithImage ?? false, !request.imageURLs.isEmpty {
            request.aspectRatio = .auto
        }
        if let seed {
            guard let number = Int128(seed) else {
                throw CommandFailure(.usage, "--seed takes a whole number; got '\(seed)'")
            }
            request.seed = number
        } else if isSample {
            request.seed = -1
        }
        request.frames = frames
        request.isUncatalogued = uncatalogued
        return request
    }
}
