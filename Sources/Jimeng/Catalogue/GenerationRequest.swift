// What somebody asks the provider to make, before anything of it is checked.

package import JSON

/// One picture or video to be made.
package struct GenerationRequest: Sendable, Equatable {
    package enum RatioChoice: Sendable, Equatable {
        /// The ratio nearest to the first image's.
        case auto
        /// A ratio as text, such as `16:9`.
        case ratio(String)
    }

    /// The provider's `req_key`; `nil` means the catalogue's default model.
    package var model: String?
    package var prompt: String?
    /// Fetched by the provider.
    package var imageURLs: [String] = []
    /// With or without a `data:` prefix and line breaks. Never together with `imageURLs`.
    package var imagesBase64: [String] = []
    /// `nil` leaves the choice to the provider.
    package var aspectRatio: RatioChoice?
    /// -1 or `nil` leaves the choice to the provider.
    package var seed: Int128?
    /// 24 for each second and one more; `nil` means the model's standard.
    package var frames: Int?
    /// Members that are sent as they are.
    package var parameters: JSONObject = [:]
    /// Lets a model through that the catalogue does not know, unchecked.
    package var isUncatalogued = false

    package init(model: String? = nil, prompt: String? = nil) {
        self.model = model
        self.prompt = prompt
    }
}
