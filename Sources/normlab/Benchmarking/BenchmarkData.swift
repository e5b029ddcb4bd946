import Benchmarks
import Datasets
import Harness
import Kernels

/// Real grey images of 28 × 28 pixels, for what must be measured on files.
enum BenchmarkData {
    private static let names = ["mnist", "fashion-mnist"]

    /// Whether this machine has such data.
    static func isHere(_ search: DataSearch) -> Bool {
        names.contains { name in (try? DatasetCatalogue.source(name).locate(in: search)) != nil }
    }

    /// Reads the data set and hands out batches in a run's order.
    static func feed(_ search: DataSearch, batch: Int, team: Team) throws -> (_ step: Int, Matrix, inout [Int32]) ->
        Void
    {
        let dataset = try DatasetCatalogue.firstAvailable(names, search: search).source.load(from: search)
        let feed = ImageFeed(try UnitInput().fit(to: dataset.train), dataset.train, team: team)
        let order = try BatchOrder(count: dataset.train.count, batch: batch, seed: 1)
        return { step, matrix, labels in feed.fill(order.indices(step: step), into: matrix, labels: &labels) }
    }
}
