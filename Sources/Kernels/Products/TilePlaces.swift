import CProcessor

/// Where the rows of a tile are in A: pointers that move from term to term.
///
/// The compiler is not to know how far they are from each other. It would make all addresses one running sum, a chain of
/// twelve additions a term, for which tiles of one lane wait; or twelve pointers, which do not fit into the registers.
protocol TilePlaces {
    /// Moves all rows.
    mutating func advance(by floats: Int)
}

/// Where the rows of two parts are.
protocol StackedPlaces: TilePlaces {
    associatedtype Upper: TilePlaces
    associatedtype Lower: TilePlaces
    init(upper: Upper, lower: Lower)
    /// The places of the upper part.
    var upper: Upper { get }
    /// The places of the lower part, which begins `distance` floats behind the upper.
    func lower(_ distance: Int) -> Lower
}

/// The place of one row, or of rows whose addresses are counted from the first.
struct Place: StackedPlaces {
    /// The float of the first row.
    private(set) var a: UnsafeMutablePointer<Float>

    @inline(__always)
    init(_ a: UnsafeMutablePointer<Float>) {
        self.a = a
    }

    @inline(__always)
    init(upper: Place, lower: Place) {
        a = processor_unrelated(upper.a)
    }

    @inline(__always)
    var upper: Place { self }

    @inline(__always)
    func lower(_ distance: Int) -> Place { Place(a + distance) }

    @inline(__always)
    mutating func advance(by floats: Int) {
        a = processor_unrelated(a + floats)
    }
}

/// Two parts with pointers of their own.
struct PlacesApart<Upper: TilePlaces, Lower: TilePlaces>: StackedPlaces {
    private(set) var upper: Upper
    private var lower: Lower

    @inline(__always)
    init(upper: Upper, lower: Lower) {
        self.upper = upper
        self.lower = lower
    }

    @inline(__always)
    func lower(_ distance: Int) -> Lower { lower }

    @inline(__always)
    mutating func advance(by floats: Int) {
        upper.advance(by: floats)
        lower.advance(by: floats)
    }
}
