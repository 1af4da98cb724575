// Ratios: reading them, and the nearest of a list.

import MediaAccess
import Testing

@Suite("Aspect ratios")
struct AspectRatioTests {
    private let offered = ["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21"].compactMap {
        AspectRatio($0)
    }

    private func nearest(_ width: Int, _ height: Int, _ ratios: [AspectRatio]? = nil) -> String? {
        PixelSize(width: width, height: height)
            .flatMap { AspectRatio.nearest(to: $0, among: ratios ?? offered) }?.description
    }

    @Test("a ratio is two plain numbers", arguments: ["16:9", "1:1", "10000:1", "32:18"])
    func reads(text: String) {
        #expect(AspectRatio(text)?.description == text)
    }

    @Test(
        "anything else is no ratio",
        arguments: [
            "", ":", "16", "16:", ":9", "16:9:1", "0:1", "1:0", "-16:9", "+16:9", "16 :9", "016:9",
            "16x9", "10001:1", "1:99999999999999999999", "auto", "１６:9",
        ])
    func refuses(text: String) {
        #expect(AspectRatio(text) == nil)
    }

    @Test(
        "the nearest ratio of a model",
        arguments: [
            (1920, 1080, "16:9"), (1080, 1920, "9:16"), (1024, 1024, "1:1"), (4000, 3000, "4:3"),
            (3024, 4032, "3:4"), (2560, 1080, "21:9"), (1080, 2560, "9:21"), (10_000, 1, "21:9"),
            (1, 10_000, "9:21"), (2_147_483_647, 1, "21:9"), (2_147_483_647, 2_147_483_647, "1:1"),
            (1, 1, "1:1"), (1200, 1000, "4:3"), (1150, 1000, "1:1"),
        ])
    func nearestOfModel(width: Int, height: Int, wanted: String) {
        #expect(nearest(width, height) == wanted)
    }

    @Test("turning the picture turns the answer", arguments: 1...200)
    func symmetric(seed: UInt64) {
        var chance = SplitMix(seed: seed)
        let width = Int.random(in: 1...5000, using: &chance)
        let height = Int.random(in: 1...5000, using: &chance)
        let answer = nearest(width, height)?.split(separator: ":").reversed().joined(separator: ":")
        #expect(nearest(height, width) == answer)
    }

    @Test("half and double are equally far, where a difference would favour the half")
    func logarithm() {
        let ratios = ["2:1", "1:2"].compactMap { AspectRatio($0) }
        #expect(nearest(100, 100, ratios) == "2:1")
        #expect(nearest(100, 100, ratios.reversed()) == "1:2")
        #expect(nearest(101, 100, ratios.reversed()) == "2:1")
        #expect(nearest(100, 101, ratios) == "1:2")
    }

    @Test("equal ratios go to the first of the list, and an empty list has none")
    func ties() {
        let same = ["32:18", "16:9"].compactMap { AspectRatio($0) }
        #expect(nearest(1920, 1080, same) == "32:18")
        #expect(nearest(1920, 1080, same.reversed()) == "16:9")
        #expect(nearest(1, 1, []) == nil)
    }

    @Test("sides of a picture are at least one")
    func sides() {
        #expect(PixelSize(width: 0, height: 1) == nil && PixelSize(width: 1, height: -1) == nil)
        #expect(PixelSize(width: 3, height: 2)?.turned == PixelSize(width: 2, height: 3))
        #expect(PixelSize(width: 3, height: 2)?.description == "3x2")
    }
}
