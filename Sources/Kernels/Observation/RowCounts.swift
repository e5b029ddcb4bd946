import Synchronization

/// Counts the elements of a matrix by some property, on a team.
///
/// Blocks of rows are counted apart and added. Integers add up to the same in any order.
struct RowCounts {
    /// The elements that one item counts, about: many more than there are counters to add up afterwards.
    private static let elementsPerItem = 262_144

    private let matrix: Matrix
    private let team: Team

    init(_ matrix: Matrix, team: Team) {
        self.matrix = matrix
        self.team = team
    }

    /// How many elements have each of the places 0 ..< places; those with none are not counted.
    @inline(__always)
    func count(_ places: Int, _ place: @Sendable (Float) -> Int?) -> [Int] {
        let total = Mutex([Int](repeating: 0, count: places))
        let matrix = matrix
        let rowsPerItem = max(1, RowCounts.elementsPerItem / max(matrix.columns, 1))
        team.forEach((matrix.rows + rowsPerItem - 1) / rowsPerItem) { item in
            var counts = [Int](repeating: 0, count: places)
            for row in item * rowsPerItem..<min((item + 1) * rowsPerItem, matrix.rows) {
                let start = matrix.base + row * matrix.stride
                for column in 0..<matrix.columns {
                    if let place = place(start[column]) { counts[place] &+= 1 }
                }
            }
            total.withLock { total in
                for place in 0..<places { total[place] &+= counts[place] }
            }
        }
        return total.withLock { $0 }
    }
}
