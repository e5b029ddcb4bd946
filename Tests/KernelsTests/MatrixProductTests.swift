import Kernels
import Testing

@Suite("Matrix products")
struct MatrixProductTests {
    /// Around the tile's 12 rows and 16 and 32 columns, and LeNet's own.
    static let shapes: [(rows: Int, inputs: Int, outputs: Int)] = [
        (1, 1, 1), (12, 7, 32), (13, 5, 33), (11, 9, 16), (25, 3, 17), (60, 40, 10), (7, 65, 50), (24, 100, 31),
    ]

    @Test("forward is one fused chain over the inputs, from the bias", arguments: shapes)
    func forward(rows: Int, inputs: Int, outputs: Int) {
        let input = TestMatrix(rows: rows, columns: inputs, gap: 3, seed: 1)
        let weight = TestMatrix(rows: inputs, columns: outputs, gap: 1, seed: 2)
        let bias = TestVector(count: outputs, seed: 3)
        for start in [bias, nil] {
            let output = TestMatrix(rows: rows, columns: outputs, gap: 5)
            MatrixProduct.forward(input.view, weight.view, bias: start?.view, into: output.view, team: teams[0])
            for row in 0..<rows {
                for column in 0..<outputs {
                    var chain = start?.view[column] ?? 0
                    for k in 0..<inputs {
                        chain.addProduct(input.view[row, k], weight.view[k, column])
                    }
                    #expect(output.view[row, column].bitPattern == chain.bitPattern, "(\(row), \(column))")
                }
            }
            #expect(output.gapIsUntouched)
        }
    }

    @Test("every tile and every panel is the same chain")
    func everyTile() {
        let input = TestMatrix(rows: 27, columns: 3, gap: 1, seed: 1)
        let weight = TestMatrix(rows: 3, columns: 66, gap: 1, seed: 2)
        var chains = [[UInt32]](repeating: [], count: 27)
        for row in 0..<27 {
            for column in 0..<66 {
                var chain: Float = 0
                for k in 0..<3 { chain.addProduct(input.view[row, k], weight.view[k, column]) }
                chains[row].append(chain.bitPattern)
            }
        }
        for rows in 1...27 {
            for columns in 1...66 {
                let output = TestMatrix(rows: rows, columns: columns, gap: 3)
                MatrixProduct.forward(
                    input.view.rows(0..<rows), weight.view.columns(0..<columns), bias: nil, into: output.view,
                    team: teams[0])
                #expect(output.bits == chains[..<rows].flatMap { $0[..<columns] }, "\(rows)×\(columns)")
                #expect(output.gapIsUntouched, "\(rows)×\(columns)")
            }
        }
    }

    @Test("a nonlinearity behind a product gives the bits of a pass by itself", arguments: Nonlinearity.allCases)
    func nonlinearity(_ nonlinearity: Nonlinearity) {
        let input = TestMatrix(rows: 61, columns: 200, seed: 1)
        let weight = TestMatrix(rows: 200, columns: 100, seed: 2)
        let (fused, apart) = (TestMatrix(rows: 61, columns: 100, gap: 1), TestMatrix(rows: 61, columns: 100))
        MatrixProduct.forward(
            input.view, weight.view, bias: nil, into: fused.view, epilogue: Epilogue(nonlinearity: nonlinearity),
            team: teams[1])
        MatrixProduct.forward(input.view, weight.view, bias: nil, into: apart.view, team: teams[0])
        Pointwise.apply(nonlinearity, apart.view, into: apart.view, team: teams[0])
        #expect(fused.bits == apart.bits)
        #expect(fused.gapIsUntouched)
    }

    @Test("the gradient of the data is one fused chain over the outputs", arguments: shapes)
    func dataGradient(rows: Int, inputs: Int, outputs: Int) {
        let gradient = TestMatrix(rows: rows, columns: outputs, gap: 2, seed: 4)
        let weight = TestMatrix(rows: inputs, columns: outputs, seed: 5)
        let result = TestMatrix(rows: rows, columns: inputs, gap: 1)
        let scratch = TestVector.scratch(MatrixProduct.dataGradientScratch(inputs: inputs, outputs: outputs))
        MatrixProduct.dataGradient(
            gradient.view, weight.view, into: result.view, scratch: scratch.view, team: teams[0])
        for row in 0..<rows {
            for column in 0..<inputs {
                var chain: Float = 0
                for k in 0..<outputs {
                    chain.addProduct(gradient.view[row, k], weight.view[column, k])
                }
                #expect(result.view[row, column].bitPattern == chain.bitPattern, "(\(row), \(column))")
            }
        }
        #expect(result.gapIsUntouched)
    }

    @Test("the gradient of the weights agrees with Double", arguments: shapes + [(700, 5, 3), (513, 1, 40)])
    func weightGradient(rows: Int, inputs: Int, outputs: Int) {
        let input = TestMatrix(rows: rows, columns: inputs, gap: 2, seed: 6)
        let gradient = TestMatrix(rows: rows, columns: outputs, gap: 1, seed: 7)
        let result = TestMatrix(rows: inputs, columns: outputs, gap: 4)
        let scratch = TestVector.scratch(
            MatrixProduct.weightGradientScratch(rows: rows, inputs: inputs, outputs: outputs))
        MatrixProduct.weightGradient(
            input.view, gradient.view, into: result.view, scratch: scratch.view, team: teams[0])
        let (x, dy) = (input.doubles, gradient.doubles)
        let reference = (0..<inputs).map { i in
            (0..<outputs).map { j in (0..<rows).reduce(0.0) { $0 + x[$1][i] * dy[$1][j] } }
        }
        expectClose(result, reference, tolerance: 0x1p-24 * Double(min(rows, 256)) * 4)
    }

    @Test("up to 256 samples the gradient of the weights is one fused chain and needs no scratch")
    func singleChain() {
        let input = TestMatrix(rows: 256, columns: 3, seed: 8)
        let gradient = TestMatrix(rows: 256, columns: 2, seed: 9)
        let result = TestMatrix(rows: 3, columns: 2)
        #expect(MatrixProduct.weightGradientScratch(rows: 256, inputs: 3, outputs: 2) == 0)
        MatrixProduct.weightGradient(
            input.view, gradient.view, into: result.view, scratch: TestVector(count: 0).view, team: teams[0])
        var chain: Float = 0
        for row in 0..<256 {
            chain.addProduct(input.view[row, 2], gradient.view[row, 1])
        }
        #expect(result.view[2, 1].bitPattern == chain.bitPattern)
    }

    @Test("the bits do not depend on the number of threads", arguments: [(60, 784, 100), (700, 33, 50)])
    func threads(rows: Int, inputs: Int, outputs: Int) {
        let input = TestMatrix(rows: rows, columns: inputs, seed: 10)
        let weight = TestMatrix(rows: inputs, columns: outputs, seed: 11)
        let bias = TestVector(count: outputs, seed: 12)
        let dataScratch = TestVector.scratch(MatrixProduct.dataGradientScratch(inputs: inputs, outputs: outputs))
        let weightScratch = TestVector.scratch(
            MatrixProduct.weightGradientScratch(rows: rows, inputs: inputs, outputs: outputs))
        expectSameBits { team in
            let output = TestMatrix(rows: rows, columns: outputs)
            let inputGradient = TestMatrix(rows: rows, columns: inputs)
            let weightGradient = TestMatrix(rows: inputs, columns: outputs)
            MatrixProduct.forward(input.view, weight.view, bias: bias.view, into: output.view, team: team)
            MatrixProduct.dataGradient(
                output.view, weight.view, into: inputGradient.view, scratch: dataScratch.view, team: team)
            MatrixProduct.weightGradient(
                input.view, output.view, into: weightGradient.view, scratch: weightScratch.view, team: team)
            return output.bits + inputGradient.bits + weightGradient.bits
        }
    }
}
