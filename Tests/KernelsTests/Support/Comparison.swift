import Kernels
import Testing

/// Teams of one, two and three threads: results must be the same bits on all of them.
let teams = [Team(threads: 1), Team(threads: 2), Team(threads: 3)]

/// Expects every element within `tolerance` of a reference.
func expectClose(
    _ matrix: TestMatrix, _ reference: [[Double]], tolerance: Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(
        matrix.view.elements, reference.flatMap { $0 }, tolerance: tolerance, comment, sourceLocation: sourceLocation)
    #expect(matrix.gapIsUntouched, comment, sourceLocation: sourceLocation)
}

/// Expects every element within `tolerance` of a reference.
func expectClose(
    _ elements: [Float], _ reference: [Double], tolerance: Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(elements.count == reference.count, comment, sourceLocation: sourceLocation)
    var worst = (index: 0, error: 0.0)
    for (index, (found, expected)) in zip(elements, reference).enumerated() {
        let error = abs(Double(found) - expected)
        if !(error <= worst.error) { worst = (index, error) }
    }
    guard !elements.isEmpty else { return }
    #expect(
        worst.error <= tolerance,
        "element \(worst.index): \(elements[worst.index]), not \(reference[worst.index]) \(comment.map { "\($0)" } ?? "")",
        sourceLocation: sourceLocation)
}

/// Runs a computation on each team and expects the same bits; returns them.
@discardableResult
func expectSameBits(
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation, _ compute: (Team) -> [UInt32]
) -> [UInt32] {
    let results = teams.map(compute)
    for result in results.dropFirst() {
        #expect(result == results[0], comment, sourceLocation: sourceLocation)
    }
    return results[0]
}
