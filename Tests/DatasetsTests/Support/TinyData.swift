import Foundation
import TestSupport

@testable import Datasets

/// A data set of a few small images in MNIST's layout, or in CIFAR-10's, whose files the tests write and spoil.
enum TinyData {
    static let trainCount = 30
    static let testCount = 10
    static let shape = ImageShape(height: 4, width: 3, channels: 1)

    static let trainImages = (0..<(trainCount * shape.count)).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    static let testImages = (0..<(testCount * shape.count)).map { UInt8(truncatingIfNeeded: $0 * 53 + 5) }
    static let trainLabels = (0..<trainCount).map { UInt8($0 * 7 % 10) }
    static let testLabels = (0..<testCount).map { UInt8(9 - $0) }

    /// The plain contents of the four files by their published names.
    static let contents: [(name: String, part: DataFile.Part, bytes: [UInt8])] = [
        ("train-images-idx3-ubyte.gz", .trainImages, FileFormats.idx([trainCount, 4, 3], trainImages)),
        ("train-labels-idx1-ubyte.gz", .trainLabels, FileFormats.idx([trainCount], trainLabels)),
        ("t10k-images-idx3-ubyte.gz", .testImages, FileFormats.idx([testCount, 4, 3], testImages)),
        ("t10k-labels-idx1-ubyte.gz", .testLabels, FileFormats.idx([testCount], testLabels)),
    ]

    /// The source in MNIST's layout; its mirrors are given as folders.
    static func source(mirrors: [URL] = [], contents: [(name: String, part: DataFile.Part, bytes: [UInt8])] = contents)
        -> DatasetSource
    {
        DatasetSource(
            name: "tiny", title: "Tiny", license: "", shape: shape,
            classes: (0...9).map(String.init), trainCount: trainCount, testCount: testCount, format: .idx,
            folders: ["tiny", "Tiny/raw"],
            files: contents.map { name, part, bytes in
                let zipped = FileFormats.gzip(bytes)
                return DataFile(
                    name: name, part: part, byteCount: zipped.count, sha256: SHA256.hexDigest(of: zipped),
                    contentSHA256: SHA256.hexDigest(of: bytes),
                    mirrors: mirrors.map { $0.appending(path: name).absoluteString })
            }, debianPackage: "dataset-tiny")
    }

    /// Writes the four files below a folder, compressed or plain; `replacing` puts other bytes in place of one of them.
    static func write(
        to folder: TemporaryFolder, at path: String = "tiny", isCompressed: Bool = true,
        replacing name: String? = nil, with bytes: [UInt8] = []
    ) throws {
        for file in contents {
            let stem = String(file.name.dropLast(3))
            let written = isCompressed ? FileFormats.gzip(file.bytes) : file.bytes
            try folder.write(
                file.name == name ? bytes : written, to: "\(path)/\(isCompressed ? file.name : stem)")
        }
    }

    /// A search of one folder, which is also where downloads go.
    static func search(_ folder: TemporaryFolder) -> DataSearch {
        DataSearch(places: [.init(folder: folder.url, label: "Data")], downloads: folder.url)
    }

    // MARK: CIFAR-10's layout

    /// The bytes of a batch of CIFAR-10 with the given labels, and its images channels last.
    static func batch(labels: [UInt8], start: Int) -> (file: [UInt8], images: [UInt8]) {
        var (file, images): ([UInt8], [UInt8]) = ([], [])
        for (record, label) in labels.enumerated() {
            func value(_ channel: Int, _ pixel: Int) -> UInt8 {
                UInt8(truncatingIfNeeded: start + record * 131 + channel * 71 + pixel * 3 + pixel / 32)
            }
            file.append(label)
            for channel in 0..<3 { file += (0..<1024).map { value(channel, $0) } }
            for pixel in 0..<1024 { images += (0..<3).map { value($0, pixel) } }
        }
        return (file, images)
    }
}

extension ImageSet {
    /// The number of images of each class.
    var classCounts: [Int] {
        labels.reduce(into: Array(repeating: 0, count: classes.count)) { $0[Int($1)] += 1 }
    }
}
