/// What the results of this module depend on.
public enum Numerics {
    /// The version of every formula, reduction partition and random stream in this module.
    ///
    /// Two builds with the same version give the same bits for the same arguments, whatever the number of threads,
    /// the instruction set or the optimization level. A change that alters any bit raises it.
    public static let version = 2
}
