import Testing

@testable import Datasets

@Suite struct ImageSetTests {
    let set = ImageSet(
        name: "x", shape: ImageShape(height: 1, width: 2, channels: 1), images: [1, 2, 3, 4, 5, 6], labels: [2, 0, 2],
        classes: ["a", "b", "c"])

    @Test func countsAndLabels() {
        #expect(set.count == 3)
        #expect(set.labels(of: [2, 1]) == [2, 0])
        #expect(set.shape.description == "1×2×1")
    }

    @Test func prefixesKeepImagesAndLabelsTogether() {
        let two = set.prefix(2)
        #expect(two.images == [1, 2, 3, 4])
        #expect(two.labels == [2, 0])
        #expect(set.prefix(9).count == 3)
        #expect(set.prefix(-1).count == 0)
    }
}
