import Dispatch
import Synchronization
import Testing

@testable import Datasets

@Suite struct MemoTests {
    private struct Failure: Error {}

    @Test("A value is computed once for each key, by whichever thread asks first")
    func once() {
        let memo = Memo<Int, Int>()
        let computed = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 40) { index in
            let key = index % 4
            let value = memo.value(for: key) {
                computed.withLock { $0.append(key) }
                return 10 * key
            }
            #expect(value == 10 * key)
        }
        #expect(computed.withLock { $0.sorted() } == [0, 1, 2, 3])
    }

    @Test("What failed is tried again")
    func failure() throws {
        let memo = Memo<Int, Int>()
        #expect(throws: Failure.self) { try memo.value(for: 1) { () throws(Failure) in throw Failure() } }
        #expect(memo.value(for: 1) { 2 } == 2)
    }

    @Test("Copies of a data set share what was fitted: the numbers are the same memory")
    func shared() throws {
        let set = FittedInputTests.grey
        let dataset = Dataset(
            name: "few", train: set, test: set, checksum: "", origin: "embedded", isSynthetic: true)
        let copy = dataset
        let whitening = ZCAWhiteningInput()
        let (one, other) = (try dataset.fit(whitening).parameters[0], try copy.fit(whitening).parameters[0])
        let fresh = try whitening.fit(to: set).parameters[0]
        func place(_ values: [Float]) -> UnsafePointer<Float>? { values.withUnsafeBufferPointer(\.baseAddress) }
        #expect(place(one.values) == place(other.values))
        #expect(place(one.values) != place(fresh.values))
    }

    @Test("A data set gives what the normalization fits, and the spectrum of each")
    func dataset() throws {
        let set = InputNormalizationTests.train.prefix(60)
        let dataset = Dataset(
            name: "few", train: set, test: set.prefix(10), checksum: "", origin: "embedded", isSynthetic: true)
        for normalization in [.unit, .zScore(.feature), .minMax(.global), .unit] as [any InputNormalization] {
            let (kept, fresh) = (try dataset.fit(normalization), try normalization.fit(to: set))
            var (a, b) = ([Float](repeating: 0, count: 784), [Float](repeating: 1, count: 784))
            kept.fill(CollectionOfOne(3), of: set, into: &a)
            fresh.fill(CollectionOfOne(3), of: set, into: &b)
            #expect(a == b)
        }
        let (unit, scaled) = (try dataset.fit(.unit), try dataset.fit(.identity))
        for limit in [20, 40] {
            #expect(
                dataset.spectrum(after: unit, limit: limit).covariance
                    == unit.spectrum(of: set, limit: limit).covariance)
        }
        let ratio =
            dataset.spectrum(after: scaled, limit: 20).covariance[0]
            / dataset.spectrum(after: unit, limit: 20).covariance[0]
        #expect(abs(ratio / (255 * 255) - 1) < 1e-5)
    }

    @Test("What a data set fits depends on its training set alone")
    func testSet() throws {
        let train = FittedInputTests.grey
        let inverse = ImageSet(
            name: "inverse", shape: train.shape, images: train.images.map { 255 - $0 }, labels: train.labels,
            classes: train.classes)
        func fitted(_ normalization: any InputNormalization, test: ImageSet) throws -> [[Float]] {
            let dataset = Dataset(
                name: "few", train: train, test: test, checksum: "", origin: "embedded", isSynthetic: true)
            return try dataset.fit(normalization).parameters.map(\.values)
        }
        for normalization in FittedInputTests.cases {
            let numbers = try fitted(normalization, test: train)
            #expect(try fitted(normalization, test: inverse) == numbers, "\(normalization)")
            #expect(try normalization.fit(to: train).parameters.map(\.values) == numbers, "\(normalization)")
        }
    }
}
