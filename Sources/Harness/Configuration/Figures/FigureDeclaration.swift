import Results

/// A figure that an experiment asks for.
public struct FigureDeclaration: Sendable, Equatable {
    /// The stem of its files.
    public let name: String
    /// Its kind: `accuracy-over-steps`.
    public let kind: String
    /// The options that were stated, each with one value; arms are names separated by spaces.
    public let options: [Option]
    /// The rule by which it says that an arm matches another; nil for figures that do not.
    public var match: MatchRule?

    /// One option of a figure.
    public struct Option: Sendable, Equatable {
        /// The option's word: `tap`.
        public let name: String
        /// Its value.
        public let value: String
    }
}
