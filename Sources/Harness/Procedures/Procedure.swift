import Engine
import Vocabulary

/// A named measurement that a run makes of its network at intervals: what cannot be read from activations, such as
/// gradients, the shape of the loss around a point, norms of weights.
///
/// A procedure is its configuration, as a layer is. It measures before the first update, every ``every`` updates, and after
/// the last one; a run of 0 steps measures once. It changes nothing of the run: its bits are the same with and without.
///
/// To add one: a file with a type that conforms, and a line in ``ProcedureCatalogue``.
public protocol Procedure: Configurable, Equatable {
    /// Updates between two measurements.
    var every: Int { get }
    /// The quantities that it measures, as they stand in `measures.csv`, with what they are.
    static var quantities: [Quantity] { get }
    /// What is wrong with its fields for a network, each a sentence; found before any training.
    func mistakes(in network: Network) -> [String]
    /// Makes ready for measuring a run: books all memory that measuring needs.
    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement]
}

extension Procedure {
    /// None.
    public func mistakes(in network: Network) -> [String] { [] }

    /// The field that every procedure has.
    static func intervalField(_ path: WritableKeyPath<Self, Int> & Sendable) -> Field<Self> {
        Field("every", path, 1...1_000_000_000, "Steps between measurements; one more follows the last step.")
    }
}

/// A procedure of something that does not change over a run: it measures before the first update, and then never again.
public protocol MeasuredOnce: Procedure {
    /// Measures.
    func measurements(of subject: ProcedureSubject) -> [Measurement]
}

extension MeasuredOnce {
    /// More updates than any run makes.
    public var every: Int { 1_000_000_000 }

    /// Measures at step 0 alone.
    public func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        { moment in moment.step == 0 ? measurements(of: subject) : [] }
    }
}

/// A quantity that a procedure measures.
public struct Quantity: Sendable, Equatable {
    /// The word.
    public let name: String
    /// What it is, with its unit, its place and what `at` means for it.
    public let meaning: String
}

/// One number that a procedure measured: a row of `measures.csv`.
public struct Measurement: Sendable, Equatable {
    /// What it is: one of the procedure's quantities.
    public let quantity: String
    /// The layer, tap or parameter that it belongs to; empty for the whole network.
    public let place: String
    /// Where it stands on the quantity's own axis, such as a step length; nil where it has none.
    public let at: Double?
    /// The number.
    public let value: Double

    /// A measurement of the given parts.
    public init(_ quantity: String, place: String = "", at: Double? = nil, _ value: Double) {
        self.quantity = quantity
        self.place = place
        self.at = at
        self.value = value
    }
}

/// When a procedure measures.
public struct ProcedureMoment: Sendable {
    /// The number of updates made.
    public let step: Int
    /// The learning rate of the next update.
    public let rate: Double
}

/// The procedures, in the order of the reference. A new one is one file and one line here.
public enum ProcedureCatalogue {
    /// Every procedure that a configuration can name.
    public static let all: [any Procedure.Type] = [
        GradientShiftProcedure.self,
        LandscapeProcedure.self,
        GradientNormsProcedure.self,
        LayerJacobianProcedure.self,
        GradientCorrelationProcedure.self,
        ChannelStatisticsProcedure.self,
        RescalingProcedure.self,
        WeightNormsProcedure.self,
        InputStatisticsProcedure.self,
        NewDataProcedure.self,
        LineFitProcedure.self,
        MultiplicationThroughputProcedure.self,
        DecorrelationCostProcedure.self,
    ]
}
