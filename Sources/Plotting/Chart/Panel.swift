/// One pair of axes and what is drawn between them.
public struct Panel: Sendable {
    /// What distinguishes this panel from its neighbours; stands above it.
    public var title: String?
    /// The horizontal axis.
    public var x: Axis
    /// The vertical axis.
    public var y: Axis
    /// What is drawn, the hindmost first.
    public var marks: [Mark]
    /// The width beside that of the other columns: of 3 and 1, the first is three times as wide. The widest of a column counts.
    public var share: Double
    /// The plot's height in logical points; nil takes one that suits what is in it. The tallest of a row counts.
    public var height: Double?
    /// Whether the axes' lines are drawn; columns of words have none.
    public var isFramed: Bool

    /// A panel with the given axes and marks.
    public init(
        title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), marks: [Mark] = [], share: Double = 1,
        height: Double? = nil, isFramed: Bool = true
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.marks = marks
        self.share = share
        self.height = height
        self.isFramed = isFramed
    }
}
