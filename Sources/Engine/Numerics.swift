import Kernels

/// The version of the numbers: it grows whenever the same configuration and seed would give other bits.
///
/// A result that was computed under another version is stale. What changes bits: the order of a reduction, an
/// approximation of exp or log, a random stream's name or algorithm, the arithmetic of a layer or of an update. It is the
/// sum of the engine's and the kernels' own versions, which both only grow.
public let numericsVersion = 1 + Numerics.version
