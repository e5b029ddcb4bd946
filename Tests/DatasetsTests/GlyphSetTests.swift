import Testing

@testable import Datasets

@Suite struct GlyphSetTests {
    /// The bytes are part of what results on the set mean. Where the strokes of the font are changed, they change with it.
    @Test func goldenChecksums() throws {
        let search = DataSearch(places: [], downloads: .temporaryDirectory)
        let grey = try DatasetCatalogue.source("glyphs").load(from: search)
        #expect(grey.checksum == "6ae899d1cd98fd4bbff9101b0d187eb352bd43dc553d61b5be7a1960bf52887d")
        let color = try DatasetCatalogue.source("glyphs-color").load(from: search)
        #expect(color.checksum == "0bf40c07ca5b362a5681c603d7494cd7b5e5a81ddbf09836d663c668336798d1")
        for data in [grey, color] {
            #expect(data.isSynthetic)
            #expect(data.origin == "embedded")
            #expect(data.train.classCounts == Array(repeating: 1200, count: 10))
            #expect(data.test.classCounts == Array(repeating: 200, count: 10))
        }
        #expect(grey.shape == ImageShape(height: 28, width: 28, channels: 1))
        #expect(color.shape == ImageShape(height: 32, width: 32, channels: 3))
    }

    @Test(arguments: GlyphStyle.allCases)
    func smallerSetsArePrefixes(style: GlyphStyle) {
        let glyphs = GlyphSet(style: style)
        let large = glyphs.images("train", count: 60, name: "large")
        let small = glyphs.images("train", count: 25, name: "small")
        #expect(small.labels == Array(large.labels.prefix(25)))
        #expect(small.images == large.prefix(25).images)
    }

    @Test(arguments: GlyphStyle.allCases)
    func halvesAndImagesDiffer(style: GlyphStyle) {
        let glyphs = GlyphSet(style: style)
        let (train, test) = (glyphs.images("train", count: 100, name: ""), glyphs.images("test", count: 100, name: ""))
        let size = style.shape.count
        let images = [train, test].flatMap { set in
            (0..<set.count).map { Array(set.images[($0 * size)..<(($0 + 1) * size)]) }
        }
        #expect(Set(images).count == 200)
    }

    @Test func blocksOfTenHoldEveryClass() {
        let labels = GlyphSet(style: .grey).images("train", count: 50, name: "").labels
        for block in 0..<5 {
            #expect(Set(labels[(block * 10)..<(block * 10 + 10)]).count == 10)
        }
    }

    /// Bright strokes on a dark ground, as in MNIST: few bright pixels, and those near the middle.
    @Test func greyImagesLookLikeDigits() {
        let set = GlyphSet(style: .grey).images("train", count: 500, name: "")
        var (bright, outer) = (0, 0)
        for (index, value) in set.images.enumerated() where value > 128 {
            bright += 1
            let (row, column) = (index % 784 / 28, index % 28)
            if row < 3 || row >= 25 || column < 3 || column >= 25 { outer += 1 }
        }
        let share = Double(bright) / Double(set.images.count)
        #expect(share > 0.08 && share < 0.25)
        #expect(Double(outer) / Double(bright) < 0.1)
    }

    /// The nearest class mean recognises digits far better than chance, and far from well: neither noise nor a triviality.
    @Test func classMeansAreNotEnough() {
        let glyphs = GlyphSet(style: .grey)
        let (train, test) = (
            glyphs.images("train", count: 2000, name: ""), glyphs.images("test", count: 300, name: "")
        )
        var means = [[Double]](repeating: [Double](repeating: 0, count: 784), count: 10)
        for image in 0..<train.count {
            for pixel in 0..<784 {
                means[Int(train.labels[image])][pixel] += Double(train.images[image * 784 + pixel]) / 200
            }
        }
        var correct = 0
        for image in 0..<test.count {
            let distances = means.map { mean in
                (0..<784).reduce(0.0) { sum, pixel in
                    let difference = mean[pixel] - Double(test.images[image * 784 + pixel])
                    return sum + difference * difference
                }
            }
            if distances.firstIndex(of: distances.min() ?? 0) == Int(test.labels[image]) { correct += 1 }
        }
        let accuracy = Double(correct) / Double(test.count)
        #expect(accuracy > 0.5 && accuracy < 0.95)
    }
}
