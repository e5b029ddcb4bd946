import Results

/// A figure that an experiment declares: the rows of one figure in `figures.csv`.
public struct FigureRequest: Sendable, Equatable {
    /// The stem of its files: `fig1b`.
    public var name: String
    /// The kind: a word of the catalogue.
    public var kind: String
    /// Its options as written.
    public var options: [String: String]

    /// A request for a figure.
    public init(name: String, kind: String, options: [String: String] = [:]) {
        self.name = name
        self.kind = kind
        self.options = options
    }

}

extension ExperimentResults {
    /// The figures that the experiment declares, by `figures.csv`: one row an option, in the order of first appearance.
    public func requests() throws(CSVError) -> [FigureRequest] {
        let table = try table("figures.csv")
        let names = try table.texts("figure")
        let kinds = try table.texts("kind")
        let options = try table.texts("option")
        let values = try table.texts("value")
        var requests: [FigureRequest] = []
        for row in names.indices {
            let index = requests.firstIndex { $0.name == names[row] } ?? requests.count
            if index == requests.count { requests.append(FigureRequest(name: names[row], kind: kinds[row])) }
            if !options[row].isEmpty { requests[index].options[options[row]] = values[row] }
        }
        return requests
    }
}
