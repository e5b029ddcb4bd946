import Testing

@testable import Datasets

@Suite struct BatchOrderTests {
    @Test func anEpochSeesEveryImageOnceButThoseThatDoNotFillABatch() throws {
        let order = try BatchOrder(count: 103, batch: 10, seed: 1)
        #expect(order.stepsPerEpoch == 10)
        for epoch in 0..<3 {
            let seen = (0..<10).flatMap { order.indices(step: epoch * 10 + $0) }
            #expect(seen.count == 100)
            #expect(Set(seen).count == 100)
            #expect(seen.allSatisfy { (0..<103).contains($0) })
        }
    }

    @Test func everyEpochHasItsOwnOrder() throws {
        let order = try BatchOrder(count: 60, batch: 60, seed: 1)
        #expect(Set((0..<20).map { order.indices(step: $0) }).count == 20)
        #expect((0..<20).allSatisfy { order.indices(step: $0).sorted() == Array(0..<60) })
        #expect((0..<20).map { order.epoch(ofStep: $0) } == Array(0..<20))
    }

    @Test func stepsCanBeAskedForInAnyOrder() throws {
        let order = try BatchOrder(count: 50, batch: 7, seed: 9)
        let forward = (0..<30).map { order.indices(step: $0) }
        let other = try BatchOrder(count: 50, batch: 7, seed: 9)
        #expect((0..<30).reversed().map { other.indices(step: $0) } == forward.reversed())
        var reused = [99]
        other.fill(&reused, step: 13)
        #expect(reused == forward[13])
    }

    @Test func theSeedDecides() throws {
        let first = try BatchOrder(count: 1000, batch: 100, seed: 1)
        let second = try BatchOrder(count: 1000, batch: 100, seed: 2)
        #expect(first.indices(step: 0) != second.indices(step: 0))
    }

    /// The order is part of what a run's results mean: it changes with the numerics version only.
    @Test func goldenOrder() throws {
        let order = try BatchOrder(count: 12, batch: 4, seed: 1)
        #expect(order.permutation(epoch: 0) == [10, 7, 2, 8, 0, 11, 9, 6, 3, 1, 4, 5])
        #expect(order.permutation(epoch: 1) == [11, 0, 1, 7, 3, 5, 2, 4, 9, 8, 6, 10])
    }

    @Test func sequentialIsTheOrderOfTheSet() throws {
        let order = try BatchOrder(count: 10, batch: 4, seed: 1, order: .sequential)
        #expect(
            (0..<4).map { order.indices(step: $0) } == [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3], [4, 5, 6, 7]])
    }

    @Test func fixedBatchesKeepTheirImagesAndChangePlaces() throws {
        let order = try BatchOrder(count: 103, batch: 10, seed: 4, order: .fixed)
        let shuffled = try BatchOrder(count: 103, batch: 10, seed: 4)
        let epochs = (0..<30).map { epoch in (0..<10).map { order.indices(step: epoch * 10 + $0) } }
        #expect(epochs[0] == (0..<10).map { shuffled.indices(step: $0) })
        for epoch in epochs { #expect(Set(epoch) == Set(epochs[0])) }
        #expect(Set(epochs).count == 30)
        // The three images that are left over are never seen.
        #expect(Set(epochs.joined().joined()).count == 100)
        // Every batch comes first in some epoch, and no place belongs to a batch.
        #expect(Set(epochs.map { $0[0] }).count > 6)
    }

    /// χ² with 4 degrees of freedom is below 18.5 with probability 0.999.
    @Test func theOrderOfFixedBatchesIsEven() throws {
        let order = try BatchOrder(count: 50, batch: 10, seed: 5, order: .fixed)
        let first = (0..<5).map { order.indices(step: $0) }
        var counts = [Int](repeating: 0, count: 5)
        for epoch in 1...2000 { counts[try #require(first.firstIndex(of: order.indices(step: epoch * 5 + 2)))] += 1 }
        #expect(counts.reduce(0.0) { $0 + (Double($1) - 400) * (Double($1) - 400) / 400 } < 18.5, "\(counts)")
    }

    @Test(arguments: BatchOrder.Order.allCases)
    func stepsOfEveryOrderCanBeAskedForInAnyOrder(order: BatchOrder.Order) throws {
        let labels = (0..<50).map { UInt8($0 % 3) }
        let first = try BatchOrder(count: 50, batch: 7, seed: 9, order: order, labels: labels)
        let second = try BatchOrder(count: 50, batch: 7, seed: 9, order: order, labels: labels)
        let forward = (0..<40).map { first.indices(step: $0) }
        #expect((0..<40).reversed().map { second.indices(step: $0) } == forward.reversed())
    }

    /// 103 images of 5 classes, in no order: 10 batches of 10.
    private static let labels = (0..<103).map { UInt8($0 * 7 % 5) }

    @Test func batchesByClassAreOfOneClassOrLieOnABorder() throws {
        let order = try BatchOrder(count: 103, batch: 10, seed: 4, order: .byClass, labels: Self.labels)
        var leftOut: Set<UInt8> = []
        for epoch in 0..<20 {
            let batches = (0..<10).map { order.indices(step: epoch * 10 + $0) }
            #expect(Set(batches.joined()).count == 100)
            let classes = batches.map { Set($0.map { Self.labels[$0] }).count }
            // Five classes have four borders, and about 20 images each, so that some batches have none.
            #expect(classes.allSatisfy { $0 <= 2 })
            #expect(classes.count { $0 == 2 } <= 4)
            for image in Set(0..<103).subtracting(batches.joined()) { leftOut.insert(Self.labels[image]) }
        }
        #expect(leftOut.count > 2, "always the same class is left out")
    }

    @Test(arguments: [10, 7, 2])
    func batchesOfTwoClassesAreHalfAndHalf(batch: Int) throws {
        let labels = (0..<300).map { UInt8($0 / 30) }
        let order = try BatchOrder(count: 300, batch: batch, seed: 4, order: .twoClasses, labels: labels)
        var pairs: Set<Set<UInt8>> = []
        for epoch in 0..<20 {
            let batches = (0..<order.stepsPerEpoch).map { order.indices(step: epoch * order.stepsPerEpoch + $0) }
            #expect(batches.allSatisfy { $0.count == batch })
            #expect(Set(batches.joined()).count == order.stepsPerEpoch * batch)
            for images in batches {
                let (front, back) = (images.prefix(batch - batch / 2), images.suffix(batch / 2))
                let parts = [front, back].map { Set($0.map { labels[$0] }) }
                // A half lies on at most one border; the halves share no class but where the set is cut in two.
                #expect(parts.allSatisfy { $0.count <= 2 })
                let classes = parts[0].union(parts[1])
                if classes.count == 2 { pairs.insert(classes) }
            }
            let pure = batches.count { Set($0.map { labels[$0] }).count == 2 }
            #expect(Double(pure) > 0.75 * Double(batches.count), "\(pure) of \(batches.count)")
        }
        #expect(pairs.count == 45, "some two classes never meet")
    }

    @Test(arguments: [BatchOrder.Order.byClass, .twoClasses])
    func everyEpochByClassHasItsOwnBatches(order: BatchOrder.Order) throws {
        let order = try BatchOrder(count: 103, batch: 10, seed: 4, order: order, labels: Self.labels)
        let epochs = (0..<10).map { epoch in Set((0..<10).map { Set(order.indices(step: epoch * 10 + $0)) }) }
        #expect(Set(epochs.joined()).count > 90)
    }

    @Test(arguments: [BatchOrder.Order.byClass, .twoClasses])
    func anOrderByClassNeedsAsManyLabelsAsImages(order: BatchOrder.Order) {
        let error = #expect(throws: DataError.self) {
            _ = try BatchOrder(count: 10, batch: 2, seed: 1, order: order, labels: [1, 2])
        }
        #expect(error?.kind == .wrongCount)
    }

    /// What is paired in a comparison of batches: the same images follow each other, cut at other places.
    @Test(arguments: [BatchOrder.Order.shuffled, .sequential])
    func armsOfOtherBatchesSeeTheSameImages(order: BatchOrder.Order) throws {
        let small = try BatchOrder(count: 120, batch: 10, seed: 2, order: order)
        let large = try BatchOrder(count: 120, batch: 30, seed: 2, order: order)
        #expect((0..<36).flatMap { small.indices(step: $0) } == (0..<12).flatMap { large.indices(step: $0) })
    }

    @Test(arguments: [0, -1, 11])
    func impossibleBatches(batch: Int) {
        let error = #expect(throws: DataError.self) { _ = try BatchOrder(count: 10, batch: batch, seed: 1) }
        #expect(error?.kind == .setting)
    }

    /// Every image is first about equally often: χ² with 9 degrees of freedom is below 27.9 with probability 0.999.
    @Test func shufflesAreEven() throws {
        let order = try BatchOrder(count: 10, batch: 10, seed: 5)
        for place in [0, 4, 9] {
            var counts = [Int](repeating: 0, count: 10)
            for step in 0..<5000 { counts[order.indices(step: step)[place]] += 1 }
            let statistic = counts.reduce(0.0) { $0 + (Double($1) - 500) * (Double($1) - 500) / 500 }
            #expect(statistic < 27.9, "place \(place): \(counts)")
        }
    }

    @Test func severalThreadsMayAskAtOnce() async throws {
        let order = try BatchOrder(count: 500, batch: 50, seed: 3)
        let expected = (0..<40).map { order.indices(step: $0) }
        let found = await withTaskGroup(of: (Int, [Int]).self) { group in
            for step in 0..<40 { group.addTask { (step, order.indices(step: step)) } }
            return await group.reduce(into: [Int: [Int]]()) { $0[$1.0] = $1.1 }
        }
        for step in 0..<40 { #expect(found[step] == expected[step]) }
    }
}
