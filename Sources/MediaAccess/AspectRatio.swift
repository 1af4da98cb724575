// Ratios such as 16:9, and which of a list comes nearest to a picture.

/// A ratio of width to height, kept as it was written: `32:18` is not reduced to `16:9`.
package struct AspectRatio: Sendable, Hashable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    /// `nil` unless both sides are from 1 to 10,000.
    package init?(width: Int, height: Int) {
        let sides = 1...10_000
        guard sides.contains(width), sides.contains(height) else { return nil }
        (self.width, self.height) = (width, height)
    }

    /// Reads `16:9`: two decimal numbers from 1 to 10,000 without sign, space or leading zero.
    package init?(_ text: String) {
        let sides = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let numbers = sides.compactMap { side -> Int? in
            guard let number = Int(Substring(side)), "\(number)".utf8.elementsEqual(side) else {
                return nil
            }
            return number
        }
        guard numbers.count == 2 else { return nil }
        self.init(width: numbers[0], height: numbers[1])
    }

    package var description: String { "\(width):\(height)" }
}

extension AspectRatio {
    /// The ratio of a list that is nearest to a picture; `nil` for an empty list.
    ///
    /// Near means by the logarithm, `|log(picture / ratio)|`: being twice too wide is as far off as
    /// being twice too tall, so a picture and the same picture turned by a quarter get answers that
    /// mirror each other (a plain difference would favour tall ratios). Among equally near ratios
    /// the first of the list wins. Computed with whole numbers, hence exact on every machine.
    package static func nearest(
        to size: PixelSize, among ratios: some Sequence<AspectRatio>
    ) -> AspectRatio? {
        var nearest: (ratio: AspectRatio, distance: Distance)?
        for ratio in ratios {
            let distance = Distance(from: size, to: ratio)
            if nearest.map({ distance < $0.distance }) ?? true { nearest = (ratio, distance) }
        }
        return nearest?.ratio
    }

    /// How far apart two ratios are: their quotient, the larger over the smaller, whose logarithm
    /// grows with it.
    private struct Distance: Comparable {
        private let larger: UInt64
        private let smaller: UInt64

        /// Sides below 2^31 times sides up to 10,000 stay below 2^45.
        init(from size: PixelSize, to ratio: AspectRatio) {
            let one = UInt64(size.width) * UInt64(ratio.height)
            let other = UInt64(size.height) * UInt64(ratio.width)
            (larger, smaller) = (max(one, other), min(one, other))
        }

        static func < (left: Distance, right: Distance) -> Bool {
            UInt128(left.larger) * UInt128(right.smaller)
                < UInt128(right.larger) * UInt128(left.smaller)
        }

        static func == (left: Distance, right: Distance) -> Bool {
            UInt128(left.larger) * UInt128(right.smaller)
                == UInt128(right.larger) * UInt128(left.smaller)
        }
    }
}
