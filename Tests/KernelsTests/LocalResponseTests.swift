import Foundation
import Kernels
import Testing

@Suite("Local response normalization")
struct LocalResponseTests {
    /// [1 … 6] over channels, from the formulas in Double.
    @Test(
        "golden values across channels",
        arguments: [
            (1.0 / 5, 1.0, [0.3674196, 0.4647362, 0.4653024, 0.4395363, 0.5674354, 0.7362382]),
            (1e-4 / 5, 1.0, [0.9997901, 1.9991005, 2.9975274, 3.9946085, 4.9935597, 5.9930793]),
            (1e-4, 2.0, [0.5942916, 1.1878710, 1.7801404, 2.3704186, 2.9634657, 3.5573544]),
        ])
    func golden(coefficient: Double, k: Double, expected: [Double]) {
        let input = TestMatrix([[1, 2, 3, 4, 5, 6]])
        let output = TestMatrix(rows: 1, columns: 6)
        let scale = TestMatrix(rows: 1, columns: 6)
        LocalResponse(.acrossChannels, size: 5, coefficient: Float(coefficient), beta: 0.75, k: Float(k))
            .forward(input.view, into: output.view, scale: scale.view, team: teams[0])
        expectClose(output.view.elements, expected, tolerance: 5e-7)
    }

    static let cases: [(LocalResponse, rows: Int, columns: Int)] = [
        (LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.75, k: 1), 7, 20),
        (LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.75, k: 2), 3, 6),
        (LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.75, k: 1), 5, 70),
        (LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.6, k: 1), 9, 16),
        (LocalResponse(.acrossChannels, size: 3, coefficient: 0.7, beta: 0.5, k: 1), 5, 70),
        (LocalResponse(.acrossChannels, size: 9, coefficient: 0.2, beta: 1.25, k: 1.5), 4, 3),
        (LocalResponse(.acrossChannels, size: 1, coefficient: 0.2, beta: 0.75, k: 1), 4, 33),
        (LocalResponse(.withinChannel(height: 4, width: 5), size: 3, coefficient: 0.2, beta: 0.75), 40, 3),
        (LocalResponse(.withinChannel(height: 3, width: 2), size: 5, coefficient: 0.1, beta: 0.6), 18, 20),
        (LocalResponse(.withinChannel(height: 6, width: 6), size: 1, coefficient: 0.4, beta: 0.75), 36, 17),
    ]

    @Test("forward agrees with Double", arguments: cases)
    func forward(_ response: LocalResponse, rows: Int, columns: Int) {
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 1)
        let output = TestMatrix(rows: rows, columns: columns, gap: 1)
        let scale = TestMatrix(rows: rows, columns: columns, gap: 3)
        response.forward(input.view, into: output.view, scale: scale.view, team: teams[1])
        expectClose(
            output, LocalResponseReference(response, rows: rows, columns: columns).forward(input.doubles),
            tolerance: 1e-6)
        #expect(scale.gapIsUntouched)
    }

    /// Central differences of Σ y · g in Double, for a random g.
    @Test("the gradient agrees with finite differences", arguments: cases)
    func gradient(_ response: LocalResponse, rows: Int, columns: Int) {
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 2)
        let upstream = TestMatrix(rows: rows, columns: columns, gap: 1, seed: 3)
        let output = TestMatrix(rows: rows, columns: columns, gap: 1)
        let scale = TestMatrix(rows: rows, columns: columns, gap: 3)
        let result = TestMatrix(rows: rows, columns: columns, gap: 1)
        let scratch = TestVector.scratch(LocalResponse.gradientScratch(rows: rows, columns: columns))
        response.forward(input.view, into: output.view, scale: scale.view, team: teams[1])
        response.gradient(
            input.view, output: output.view, scale: scale.view, outputGradient: upstream.view, into: result.view,
            scratch: scratch.view, team: teams[1])
        #expect(result.gapIsUntouched)

        let reference = LocalResponseReference(response, rows: rows, columns: columns)
        let g = upstream.doubles
        func objective(_ x: [[Double]]) -> Double {
            let y = reference.forward(x)
            return y.indices.reduce(0) { sum, row in sum + zip(y[row], g[row]).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let x = input.doubles
        var generator = SplitMix(seed: 4)
        for _ in 0..<30 {
            let row = Int(generator.next() % UInt64(rows))
            let column = Int(generator.next() % UInt64(columns))
            var (above, below) = (x, x)
            above[row][column] += 1e-5
            below[row][column] -= 1e-5
            let slope = (objective(above) - objective(below)) / 2e-5
            #expect(abs(Double(result.view[row, column]) - slope) < 2e-6, "(\(row), \(column))")
        }
    }

    /// Rows are worked on in blocks that read what is around them: nothing of it may show.
    @Test("a row has the bits that it has alone", arguments: [(5, 20), (5, 64), (5, 3), (9, 3), (3, 50), (41, 18)])
    func rows(size: Int, columns: Int) {
        let response = LocalResponse(.acrossChannels, size: size, coefficient: 0.3, beta: 0.75)
        let rows = 301
        let input = TestMatrix(rows: rows, columns: columns, gap: 1, seed: 6)
        let upstream = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 7)
        func run(_ range: Range<Int>) -> [UInt32] {
            let output = TestMatrix(rows: range.count, columns: columns, gap: 1)
            let scale = TestMatrix(rows: range.count, columns: columns, gap: 2)
            let result = TestMatrix(rows: range.count, columns: columns, gap: 3)
            let scratch = TestVector.scratch(LocalResponse.gradientScratch(rows: range.count, columns: columns))
            response.forward(input.view.rows(range), into: output.view, scale: scale.view, team: teams[1])
            response.gradient(
                input.view.rows(range), output: output.view, scale: scale.view,
                outputGradient: upstream.view.rows(range), into: result.view, scratch: scratch.view, team: teams[1])
            #expect(output.gapIsUntouched && scale.gapIsUntouched && result.gapIsUntouched)
            return zip(output.bits, result.bits).flatMap { [$0, $1] }
        }
        let together = run(0..<rows)
        #expect((0..<rows).flatMap { run($0..<$0 + 1) } == together)
        #expect(!together.contains { Float(bitPattern: $0).isNaN })
    }

    @Test("a result in the memory of its source is refused")
    func inPlace() async {
        await #expect(processExitsWith: .failure) {
            let (input, scale) = (TestMatrix(rows: 2, columns: 20, seed: 1), TestMatrix(rows: 2, columns: 20))
            LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.75)
                .forward(input.view, into: input.view, scale: scale.view, team: teams[0])
        }
        await #expect(processExitsWith: .failure) {
            let (input, gradient) = (TestMatrix(rows: 2, columns: 20, seed: 1), TestMatrix(rows: 2, columns: 20))
            let scratch = TestVector.scratch(LocalResponse.gradientScratch(rows: 2, columns: 20))
            LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.75)
                .gradient(
                    input.view, output: input.view, scale: input.view, outputGradient: gradient.view,
                    into: gradient.view, scratch: scratch.view, team: teams[0])
        }
    }

    /// As in the concatenation of an Inception module, where results are columns of a common matrix.
    @Test("columns side by side are apart")
    func besideEachOther() {
        let response = LocalResponse(.acrossChannels, size: 5, coefficient: 0.3, beta: 0.75)
        let both = TestMatrix(rows: 7, columns: 40, seed: 1)
        let (output, scale) = (TestMatrix(rows: 7, columns: 20), TestMatrix(rows: 7, columns: 20))
        let (input, target) = (both.view.columns(20..<40), both.view.columns(0..<20))
        response.forward(input, into: output.view, scale: scale.view, team: teams[0])
        response.forward(input, into: target, scale: scale.view, team: teams[0])
        #expect(target.elements.map(\.bitPattern) == output.bits)
    }

    @Test("the bits do not depend on the number of threads", arguments: [cases[0].0, cases[7].0])
    func threads(_ response: LocalResponse) {
        let input = TestMatrix(rows: 2000, columns: 20, seed: 5)
        let scratch = TestVector.scratch(LocalResponse.gradientScratch(rows: 2000, columns: 20))
        expectSameBits { team in
            let output = TestMatrix(rows: 2000, columns: 20)
            let scale = TestMatrix(rows: 2000, columns: 20)
            let result = TestMatrix(rows: 2000, columns: 20)
            response.forward(input.view, into: output.view, scale: scale.view, team: team)
            response.gradient(
                input.view, output: output.view, scale: scale.view, outputGradient: input.view, into: result.view,
                scratch: scratch.view, team: team)
            return output.bits + scale.bits + result.bits
        }
    }
}

/// The formulas of both windows in Double, element by element.
struct LocalResponseReference {
    private let response: LocalResponse
    private let rows: Int
    private let columns: Int

    init(_ response: LocalResponse, rows: Int, columns: Int) {
        self.response = response
        self.rows = rows
        self.columns = columns
    }

    func forward(_ x: [[Double]]) -> [[Double]] {
        (0..<rows).map { row in
            (0..<columns).map { column in
                let sum = window(row, column).reduce(0) { $0 + x[$1.row][$1.column] * x[$1.row][$1.column] }
                let scale = Double(response.k) + Double(response.coefficient) * sum
                return x[row][column] * pow(scale, -Double(response.beta))
            }
        }
    }

    private func window(_ row: Int, _ column: Int) -> [(row: Int, column: Int)] {
        let reach = response.size / 2
        switch response.window {
        case .acrossChannels:
            return (column - reach...column + reach).filter { (0..<columns).contains($0) }.map { (row, $0) }
        case .withinChannel(let height, let width):
            let (image, y, x) = (row / (height * width), row / width % height, row % width)
            var places: [(row: Int, column: Int)] = []
            for otherY in y - reach...y + reach where (0..<height).contains(otherY) {
                for otherX in x - reach...x + reach where (0..<width).contains(otherX) {
                    places.append((row: (image * height + otherY) * width + otherX, column: column))
                }
            }
            return places
        }
    }
}
