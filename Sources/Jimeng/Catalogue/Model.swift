// What the catalogue knows of one model of the provider.

/// A model of the submit/query family (`CVSync2AsyncSubmitTask`, `CVSync2AsyncGetResult`).
///
/// Facts come from jimeng-api.md sections 7 and 8; `certainty` says how sure they are.
package struct Model: Sendable, Equatable {
    /// The provider's name for it, sent as `req_key`.
    package let key: String
    package let title: String
    package let output: Output
    package let certainty: Certainty
    package var images = ImageRule.none
    package var prompt = PromptRule(need: .optional)
    /// `nil`: the model takes no `aspect_ratio`.
    package var ratio: RatioRule?
    /// `nil`: the model takes no `frames`.
    package var frames: FrameRule?
    /// `nil`: the model takes no `seed`.
    package var seed: SeedRule?
    package var parameters: [Parameter] = []
    package var price: Price?
    /// A length that cannot be chosen, in frames; `nil` when it can, or is unknown, or for images.
    package var fixedFrames: Int?

    /// How long a result's links live: videos an hour, images a day (jimeng-api.md section 6, A).
    package var linkLifetime: Duration {
        switch output {
        case .video: .seconds(3_600)
        case .images: .seconds(86_400)
        }
    }
}

extension Model {
    package enum Output: Sendable, Equatable {
        case video, images
    }

    /// How sure the facts are: the marks of jimeng-api.md.
    package enum Certainty: Character, Sendable, Equatable {
        /// The vendor's own page or the official SDK.
        case vendor = "A"
        /// Two or more independent clients agree.
        case confirmed = "B"
        /// One third-party source.
        case single = "C"
        /// An inference.
        case inferred = "D"
    }

    package struct ImageRule: Sendable, Equatable {
        /// How many images a request must have.
        package let count: ClosedRange<Int>
        /// The bound of one decoded image, in bytes.
        package let maximumBytes: Int
        /// The kinds of image that the model is known to take.
        package let formats: Set<ImageFormat>

        static let none = ImageRule(count: 0...0, maximumBytes: 0, formats: [])
    }

    package struct PromptRule: Sendable, Equatable {
        package enum Need: Sendable, Equatable {
            case required, requiredWithoutImage, optional
        }

        package let need: Need
        /// The length that the vendor advises, in characters.
        package var advised: Int?
        /// The length that is refused beyond, in characters.
        package var maximum: Int?
    }

    package struct RatioRule: Sendable, Equatable {
        package let allowed: [AspectRatio]
        package let standard: AspectRatio
        /// Whether the ratio may be sent along with an image.
        package let goesWithImage: Bool
    }

    /// Frames are 24 for each second and one more (jimeng-api.md section 7).
    package struct FrameRule: Sendable, Equatable {
        package let allowed: [Int]
        package let standard: Int
    }

    package struct SeedRule: Sendable, Equatable {
        /// -1 lets the provider choose.
        package let bounds: ClosedRange<Int128>
        /// What the provider takes when there is no seed.
        package var standard: Int128 = -1
    }
}
