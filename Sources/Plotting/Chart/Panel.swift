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

    /// A panel with the given axes and marks.
    public init(title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), marks: [Mark] = []) {
        self.title = title
        self.x = x
        self.y = y
        self.marks = marks
    }
}
