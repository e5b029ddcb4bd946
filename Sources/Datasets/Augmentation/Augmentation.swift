/// How the images of training batches are distorted at random.
///
/// Each part has a strength from 0 (off) to 1 (as declared) which scales all that the part does. The draws themselves do not
/// depend on it: runs of one seed that differ in a strength alone see the same distortions, weaker or stronger.
public struct Augmentation: Hashable, Sendable {
    /// Where things are: shift and mirroring.
    public var geometric = GeometricAugmentation()
    /// What colours they have: brightness, contrast and saturation.
    public var photometric = PhotometricAugmentation()

    /// Off, with the usual extents.
    public init() {}

    /// Whether images stay as they are.
    public var isOff: Bool { geometric.strength == 0 && photometric.strength == 0 }

    /// Whether images of a shape can be distorted so.
    ///
    /// - Throws: `unsupported` where a shift could move an image out of sight.
    public func check(_ shape: ImageShape) throws(DataError) {
        let smallest = min(shape.height, shape.width)
        guard geometric.strength == 0 || (0..<smallest).contains(geometric.shift) else {
            throw DataError(
                .unsupported, file: "augmentation.geometric.shift", found: "a shift of up to \(geometric.shift) pixels",
                expected: "less than \(smallest), for images of \(shape)",
                suggestion: "Choose an eighth of the image, such as \(max(1, smallest / 8)).")
        }
    }
}

/// The numbers that one image of a batch is distorted by: its own part of the batch's stream.
///
/// Every number has a place of its own, so that none depends on which others are used.
struct AugmentationDraws {
    private let stream: SeededStream
    private let start: UInt64

    /// What a number decides.
    enum Purpose: UInt64 {
        case mirror, right, down, brightness, contrast, saturation
    }

    /// The numbers of the image at a place, from 0, of the batch that the stream belongs to.
    init(_ stream: SeededStream, place: Int) {
        self.stream = stream
        start = UInt64(place) << 3
    }

    /// A number in 0..<1, a multiple of 2⁻⁵³.
    func uniform(_ purpose: Purpose) -> Double {
        Double(stream.bits(at: start + purpose.rawValue) >> 11) * 0x1p-53
    }

    /// A whole number in −reach…reach.
    func integer(within reach: Int, _ purpose: Purpose) -> Int {
        stream.index(below: 2 * reach + 1, at: start + purpose.rawValue) - reach
    }
}
