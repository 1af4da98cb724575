// How many pixels a picture has.

/// Width and height in pixels, both at least 1, as a viewer shows them (after rotation).
package struct PixelSize: Sendable, Hashable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    /// `nil` unless both sides are from 1 to 2^31 - 1, which is more than any format can say and
    /// still make a picture.
    package init?(width: Int, height: Int) {
        let sides = 1...Int(Int32.max)
        guard sides.contains(width), sides.contains(height) else { return nil }
        (self.width, self.height) = (width, height)
    }

    private init(swapping size: PixelSize) { (width, height) = (size.height, size.width) }

    /// The size of the picture turned by a quarter.
    package var turned: PixelSize { PixelSize(swapping: self) }

    package var description: String { "\(width)x\(height)" }
}
