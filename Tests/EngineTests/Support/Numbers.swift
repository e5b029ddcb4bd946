import Engine
import Foundation

/// Random numbers of the tests: SplitMix64, independent of the engine's own streams.
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in [−1, 1), exact as a Float, so that both sides of a comparison start from the same value.
    mutating func symmetric() -> Double { Double(Float(Int64(bitPattern: next()) >> 40) * 0x1p-23) }

    mutating func list(_ count: Int, scale: Double = 1, offset: Double = 0) -> [Double] {
        (0..<count).map { _ in Double(Float(symmetric() * scale + offset)) }
    }

    mutating func label(below count: Int) -> Int32 { Int32(next() % UInt64(count)) }
}

/// A batch of maps in double precision, channels last.
struct Maps: Equatable {
    let images: Int
    let shape: Shape
    var values: [Double]

    init(images: Int, shape: Shape, values: [Double]) {
        self.images = images
        self.shape = shape
        self.values = values
    }

    init(images: Int, shape: Shape) {
        self.init(images: images, shape: shape, values: Array(repeating: 0, count: images * shape.count))
    }

    func index(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Int {
        ((image * shape.height + y) * shape.width + x) * shape.channels + channel
    }

    subscript(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Double {
        get { values[index(image, y, x, channel)] }
        set { values[index(image, y, x, channel)] = newValue }
    }

    var floats: [Float] { values.map(Float.init) }

    /// Calls `body` for every (image, y, x).
    func forEachPosition(_ body: (Int, Int, Int) -> Void) {
        for image in 0..<images {
            for y in 0..<shape.height { for x in 0..<shape.width { body(image, y, x) } }
        }
    }
}

/// The C library's functions, for references: independent of the engine's own.
enum DoubleMath {
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func log(_ x: Double) -> Double { Foundation.log(x) }
    static func power(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }
}
