import Datasets
import Kernels
import Testing

@testable import Experiments
@testable import Running

/// What threads fill together is what one image after the other would be.
@Suite struct ImageFeedTests {
    @Test(arguments: [1, 2, 3]) func everyImageIsInItsPlace(threads: Int) throws {
        let shape = ImageShape(height: 28, width: 28, channels: 1)
        let set = ImageSet(
            name: "many", shape: shape, images: (0..<40 * shape.count).map { UInt8(($0 * $0 / 7) % 256) },
            labels: (0..<40).map { UInt8($0 % 3) }, classes: ["a", "b", "c"])
        let input = try ZScoreInput(.channel).fit(to: set)
        // Several items of work, the last of them shorter.
        let indices = (0..<37).map { $0 * 11 % 40 }
        let storage = Storage(count: indices.count * shape.count)
        var labels = [Int32](repeating: -1, count: indices.count)
        ImageFeed(input, set, team: Team(threads: threads)).fill(
            indices, into: storage.matrix(rows: indices.count * shape.count, columns: 1), labels: &labels)
        for (place, index) in indices.enumerated() {
            var image = [Float](repeating: 0, count: shape.count)
            input.fill(CollectionOfOne(index), of: set, into: &image)
            #expect(storage.vector(offset: place * shape.count, count: shape.count).elements == image)
            #expect(labels[place] == Int32(index % 3))
        }
    }
}
