import Foundation

/// One file of CIFAR-10's binary version: records of a label and 32 × 32 pixels, turned channels last.
///
/// A record is 3,073 bytes: the label, then 1,024 red, 1,024 green and 1,024 blue values, each plane row by row
/// (Krizhevsky, <https://www.cs.toronto.edu/~kriz/cifar.html>, "Binary version").
public struct CIFAR10Batch: Sendable {
    /// The pixels of all images, channels last.
    public let images: [UInt8]
    /// The labels, 0…9.
    public let labels: [UInt8]
    /// SHA-256 of the file.
    public let contentSHA256: String

    /// The shape of every image.
    public static let shape = ImageShape(height: 32, width: 32, channels: 3)
    /// Classes of CIFAR-10.
    public static let classCount = 10

    /// Reads a file of `count` records.
    ///
    /// - Throws: ``DataError`` of the kinds missing, unreadable, truncated, trailing bytes, label out of range or HTML
    ///   instead of data.
    public init(contentsOf url: URL, count: Int) throws(DataError) {
        let reader = try DataFileReader(url)
        let planeSize = Self.shape.height * Self.shape.width
        let recordSize = 1 + Self.shape.count
        let bytes = try reader.read(exactly: count * recordSize, of: count * recordSize)
        try reader.finish()
        contentSHA256 = reader.contentSHA256

        labels = (0..<count).map { bytes[$0 * recordSize] }
        if let record = labels.firstIndex(where: { $0 >= Self.classCount }) {
            throw DataError.labelOutOfRange(
                labels[record], at: record, classes: Self.classCount, file: reader.path)
        }
        var images = [UInt8](repeating: 0, count: count * Self.shape.count)
        for record in 0..<count {
            let source = record * recordSize + 1
            var target = record * Self.shape.count
            for pixel in 0..<planeSize {
                images[target] = bytes[source + pixel]
                images[target + 1] = bytes[source + planeSize + pixel]
                images[target + 2] = bytes[source + 2 * planeSize + pixel]
                target += 3
            }
        }
        self.images = images
    }
}

extension DataError {
    /// A label that names no class.
    static func labelOutOfRange(_ label: UInt8, at index: Int, classes: Int, file: String) -> DataError {
        DataError(
            .labelOutOfRange, subject: file, found: "label \(label) for image \(index)",
            expected: "labels 0…\(classes - 1)", suggestion: "Delete the file and fetch it again.")
    }
}
