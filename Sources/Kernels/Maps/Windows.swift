// Every operation on windows of maps is one traversal: a target has a rectangle of sources, whose columns are neighbours
// along a row and whose channels are worked on in lanes. A forward pass gathers the pixels of each window; a backward pass
// gathers, for each pixel, the windows that contain it, or scatters each window's gradient where windows do not overlap.

/// What is done with up to sixteen channels of one position.
///
/// A type and not a closure: whole lanes and parts of one are inlined apart, with a literal number of channels each. Where
/// the number is unknown, the compiler splits whole lanes too.
protocol LaneOperation {
    /// - Parameter count: How many channels count, from `channel` on.
    func apply(_ channel: Int, _ count: Int)
}

enum ChannelLanes {
    /// Visits lanes that cover all channels of a position. Not for work in place: lanes may overlap.
    ///
    /// Where there are at least sixteen channels, the last lane ends with the last channel and repeats some of the lane
    /// before: that is cheaper than storing a part of a lane.
    @inline(__always)
    static func forEach(of channels: Int, _ operation: some LaneOperation) {
        if channels < Lane.width {
            operation.apply(0, channels)
        } else {
            var channel = 0
            while channel < channels {
                operation.apply(min(channel, channels &- Lane.width), Lane.width)
                channel &+= Lane.width
            }
        }
    }

    /// Stores the elements of a lane that count.
    @inline(__always)
    static func store(_ lane: Lane, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        if count == Lane.width {
            target.store(lane, at: 0)
        } else {
            storePart(lane, to: target, count)
        }
    }

    @inline(never)
    private static func storePart(_ lane: Lane, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        target.store(lane, at: 0, first: count)
    }
}

/// A view of a map from one position and channel on: of the rows and columns behind it.
struct MapView {
    private let start: UnsafeMutablePointer<Float>
    private let columnStep: Int
    private let rowStep: Int

    /// The view from row number `row` on of all the maps in a matrix, which are `width` wide.
    init(_ matrix: Matrix, row: Int, width: Int) {
        self.init(matrix.base + row * width * matrix.stride, matrix.stride, width * matrix.stride)
    }

    private init(_ start: UnsafeMutablePointer<Float>, _ columnStep: Int, _ rowStep: Int) {
        (self.start, self.columnStep, self.rowStep) = (start, columnStep, rowStep)
    }

    @inline(__always)
    func at(_ column: Int, _ channel: Int) -> MapView {
        MapView(start + (column &* columnStep &+ channel), columnStep, rowStep)
    }

    @inline(__always)
    func lane(_ row: Int, _ column: Int) -> Lane { start.lane(at: row &* rowStep &+ column &* columnStep) }

    @inline(__always)
    func store(_ lane: Lane, _ count: Int) { ChannelLanes.store(lane, to: start, count) }

    func clear(_ count: Int) { start.update(repeating: 0, count: count) }
}

/// Windows along one axis of a map: each target has the sources of the target before, `advance` further.
struct Windows: Sendable {
    /// The position of the first target, and the distance from one to the next.
    var first = 0
    var step = 1
    /// The number of targets.
    let count: Int
    /// The first source of the first target; below zero where that window is cut off.
    let origin: Int
    let advance: Int
    /// The sources of a target whose window is not cut off.
    let length: Int
    /// Sources are in 0..<limit.
    let limit: Int

    /// The sources of the `index`-th target: none where its window is outside.
    @inline(__always)
    func sources(of index: Int) -> Range<Int> {
        let start = origin + index * advance
        let lower = min(max(start, 0), limit)
        return lower..<max(lower, min(start + length, limit))
    }

    /// Visits all targets in runs: those whose windows are not cut off and end at `end` or before together, others one by one.
    func forEachRun(upTo end: Int? = nil, _ body: (WindowRun) -> Void) {
        let whole = wholeWindows(upTo: end ?? limit)
        for index in 0..<whole.lowerBound { body(run(index..<index + 1)) }
        if !whole.isEmpty { body(run(whole)) }
        for index in whole.upperBound..<count { body(run(index..<index + 1)) }
    }

    private func wholeWindows(upTo end: Int) -> Range<Int> {
        guard advance > 0 else { return 0..<count }
        let upper = end < origin + length ? 0 : min((end - length - origin) / advance + 1, count)
        return min((max(-origin, 0) + advance - 1) / advance, upper)..<upper
    }

    private func run(_ indices: Range<Int>) -> WindowRun {
        let sources = sources(of: indices.lowerBound)
        return WindowRun(
            target: first + indices.lowerBound * step, targetStep: step, source: sources.lowerBound,
            sourceStep: advance, count: indices.count, columns: sources.count)
    }
}

/// What is done with one lane of one target.
protocol WindowOperation {
    /// - Parameters:
    ///   - rows: Those of the sources, from the first row of the operation's maps on.
    ///   - columns: Those of the sources, from column `source` on.
    ///   - count: How many channels count, from `channel` on.
    func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int)
}

/// Targets of one row whose windows are of one size.
struct WindowRun {
    let target: Int
    let targetStep: Int
    let source: Int
    let sourceStep: Int
    let count: Int
    let columns: Int

    /// Behind the last source.
    var sourceEnd: Int { source + (count - 1) * sourceStep + columns }

    /// Applies an operation to windows of so many rows, in code of its own where the extents are usual ones.
    func apply(_ operation: some WindowOperation, rows: Int, channels: Int) {
        switch (rows, columns) {
        case (1, 1): apply(operation, One(), One(), channels)
        case (1, 2): apply(operation, One(), Two(), channels)
        case (2, 1): apply(operation, Two(), One(), channels)
        case (2, 2): apply(operation, Two(), Two(), channels)
        case (2, 3): apply(operation, Two(), Three(), channels)
        case (3, 3): apply(operation, Three(), Three(), channels)
        default: apply(operation, AnyExtent(value: rows), AnyExtent(value: columns), channels)
        }
    }

    /// Not inlined: in large functions the compiler stops inlining what is called there.
    @inline(never)
    func apply(_ operation: some WindowOperation, _ rows: some Extent, _ columns: some Extent, _ channels: Int) {
        for index in 0..<count {
            let window = WindowLanes(
                operation: operation, target: target &+ index &* targetStep, source: source &+ index &* sourceStep,
                rows: rows, columns: columns)
            ChannelLanes.forEach(of: channels, window)
        }
    }
}

private struct WindowLanes<Operation: WindowOperation, Rows: Extent, Columns: Extent>: LaneOperation {
    let operation: Operation
    let target: Int
    let source: Int
    let rows: Rows
    let columns: Columns

    @inline(__always)
    func apply(_ channel: Int, _ count: Int) {
        operation.apply(
            target: target, source: source, rows: rows.value, columns: columns.value, channel: channel, count: count)
    }
}

/// The extent of a window as a type: a loop over a literal one is unrolled.
protocol Extent {
    var value: Int { get }
}

struct One: Extent { var value: Int { 1 } }
struct Two: Extent { var value: Int { 2 } }
struct Three: Extent { var value: Int { 3 } }
struct Five: Extent { var value: Int { 5 } }
struct AnyExtent: Extent { let value: Int }

// MARK: Pooling

/// The shapes of a pooling: which windows of which maps are reduced to one value each.
public struct PoolingGeometry: Hashable, Sendable {
    /// What to do when the windows do not cover the padded map exactly.
    public enum Rounding: String, Hashable, Sendable, CaseIterable {
        /// Leave out the rest: most frameworks' rule.
        case floor
        /// Add one more window that sticks out, as long as it starts inside the map or its upper pad: Caffe's rule.
        case ceil
    }

    public let images: Int
    /// The height of an input map in pixels.
    public let height: Int
    /// The width of an input map in pixels.
    public let width: Int
    public let channels: Int
    public let kernelHeight: Int
    public let kernelWidth: Int
    /// The distance between windows.
    public let stride: Int
    /// The rows and columns of padding on each side; padding is never a maximum.
    public let pad: Int
    /// The rule for the last window.
    public let rounding: Rounding

    /// A pooling with square windows. The window must fit into the padded map, and the pad must be smaller than the window.
    public init(
        images: Int, height: Int, width: Int, channels: Int, kernel: Int, stride: Int, pad: Int = 0,
        rounding: Rounding = .floor
    ) {
        self.init(images, height, width, channels, window: (kernel, kernel), stride, pad, rounding)
    }

    /// The pooling of whole maps, each to a single position.
    public init(wholeMapsOf images: Int, height: Int, width: Int, channels: Int) {
        self.init(images, height, width, channels, window: (height, width), 1, 0, .floor)
    }

    private init(
        _ images: Int, _ height: Int, _ width: Int, _ channels: Int, window: (height: Int, width: Int), _ stride: Int,
        _ pad: Int, _ rounding: Rounding
    ) {
        let (kernelHeight, kernelWidth) = window
        precondition(images >= 0 && height > 0 && width > 0 && channels > 0, "an empty tensor")
        precondition(kernelHeight > 0 && kernelWidth > 0 && stride > 0 && pad >= 0, "a bad window")
        precondition(
            pad < kernelHeight && pad < kernelWidth,
            "a pad of \(pad) makes windows of \(kernelHeight)×\(kernelWidth) empty")
        precondition(
            kernelHeight <= height + 2 * pad && kernelWidth <= width + 2 * pad,
            "a window of \(kernelHeight)×\(kernelWidth) on a map of \(height)×\(width)")
        (self.images, self.height, self.width, self.channels) = (images, height, width, channels)
        (self.kernelHeight, self.kernelWidth) = (kernelHeight, kernelWidth)
        (self.stride, self.pad, self.rounding) = (stride, pad, rounding)
    }

    /// The height of an output map.
    public var outputHeight: Int { rows.windowCount }
    /// The width of an output map.
    public var outputWidth: Int { columns.windowCount }
    /// The rows of the input matrix: images · height · width.
    public var inputPositions: Int { images * height * width }
    /// The rows of the output matrix: images · outputHeight · outputWidth.
    public var outputPositions: Int { images * outputHeight * outputWidth }

    var rows: Axis { Axis(size: height, kernel: kernelHeight, stride: stride, pad: pad, rounding: rounding) }
    var columns: Axis { Axis(size: width, kernel: kernelWidth, stride: stride, pad: pad, rounding: rounding) }

    /// The targets of a pass: windows, whose sources are pixels, or pixels, whose sources are the windows that contain them.
    enum Targets { case windows, pixels }

    /// The pixels of a map along one axis, and the windows over them.
    struct Axis {
        let size: Int
        let kernel: Int
        let stride: Int
        let pad: Int
        let windowCount: Int

        /// Caffe's `pooling_layer.cpp`: with `ceil`, a last window that would start in the far pad is left out again.
        init(size: Int, kernel: Int, stride: Int, pad: Int, rounding: Rounding) {
            (self.size, self.kernel, self.stride, self.pad) = (size, kernel, stride, pad)
            let travel = size + 2 * pad - kernel
            switch rounding {
            case .floor:
                windowCount = travel / stride + 1
            case .ceil:
                let windows = (travel + stride - 1) / stride + 1
                // Without a pad the last window can start past the end only if the stride exceeds the window.
                windowCount = (windows - 1) * stride >= size + pad ? windows - 1 : windows
            }
        }

        /// The pixels of the padded map in a window: all but the last window have the same number of them.
        func extent(ofWindow index: Int) -> Int { min(kernel, size + 2 * pad - index * stride) }

        /// The number of windows, from the first on, of the full extent.
        var fullWindows: Int { extent(ofWindow: windowCount - 1) == kernel ? windowCount : windowCount - 1 }

        func count(of targets: Targets) -> Int { targets == .windows ? windowCount : size }

        func sources(of targets: Targets, at index: Int) -> Range<Int> {
            targets == .windows
                ? pixelsOfWindows.sources(of: index)
                : windowsOfPixels(phase: index % stride).sources(of: index / stride)
        }

        /// Visits all targets in runs; see ``Windows/forEachRun(upTo:_:)``.
        func forEachRun(of targets: Targets, upTo end: Int? = nil, _ body: (WindowRun) -> Void) {
            guard targets == .pixels else { return pixelsOfWindows.forEachRun(upTo: end, body) }
            for phase in 0..<min(stride, size) { windowsOfPixels(phase: phase).forEachRun(upTo: end, body) }
        }

        private var pixelsOfWindows: Windows {
            Windows(count: windowCount, origin: -pad, advance: stride, length: kernel, limit: size)
        }

        /// For every stride-th pixel from the `phase`-th on the windows that contain it, as many for each but at the edges.
        private func windowsOfPixels(phase: Int) -> Windows {
            let count = (size - phase + stride - 1) / stride
            // One window over everything, as in the pooling of whole maps: all pixels have the same.
            if kernel >= size + pad && windowCount == 1 {
                return Windows(first: phase, step: stride, count: count, origin: 0, advance: 0, length: 1, limit: 1)
            }
            let pixel = phase + pad
            // The last window that starts at the pixel or before, and the first that ends behind it: rounded down, below
            // zero too.
            let last = pixel / stride
            let first = (pixel + kernel * (stride - 1)) / stride - kernel + 1
            return Windows(
                first: phase, step: stride, count: count, origin: first, advance: 1, length: last + 1 - first,
                limit: windowCount)
        }
    }
}
