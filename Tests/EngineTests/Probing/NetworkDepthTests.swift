import Testing

@testable import Engine

@Suite("The depth of layers")
struct NetworkDepthTests {
    @Test("counts the products on the longest path")
    func depths() throws {
        let network = try Fixtures.inception()
        let depth = NetworkDepth(network)
        func products(to name: String) throws -> Int {
            depth.nodes[try #require(network.nodes.firstIndex { $0.name == name })]
        }
        #expect(try products(to: "stem") == 1)
        #expect(try products(to: "stem-relu") == 1)
        #expect(try products(to: "mixed/pool") == 1)
        #expect(try products(to: "mixed/3x3/conv") == 2)
        #expect(try products(to: "outer") == 2)
        #expect(try products(to: "scores") == 3)
    }

    @Test("is the axis of a line through logarithms")
    func growth() {
        // 3 · 2^depth
        #expect(abs(NetworkDepth.growth(of: [6, 12, 96], at: [1, 2, 5]) - DoubleMath.log(2)) < 1e-14)
        #expect(NetworkDepth.growth(of: [5, 5, 5], at: [1, 2, 3]) == 0)
        // Least squares: log values 0, 0, 3 at 0, 1, 2 have the slope 3/2.
        #expect(abs(NetworkDepth.growth(of: [1, 1, DoubleMath.exp(3)], at: [0, 1, 2]) - 1.5) < 1e-14)
        #expect(NetworkDepth.growth(of: [1, 0], at: [1, 2]).isNaN)
        #expect(NetworkDepth.growth(of: [1, .infinity], at: [1, 2]).isNaN)
        #expect(NetworkDepth.growth(of: [1, 2], at: [2, 2]).isNaN)
        #expect(NetworkDepth.growth(of: [], at: []).isNaN)
    }
}
