import Testing

@testable import Experiments
@testable import Running

/// No text makes the reader crash: it is right, or it has messages.
@Suite struct DamagedExperimentTests {
    /// Steele, Lea & Flood 2014, SplitMix64: the same damage every time.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    private static let text =
        ExperimentFixture.head + ExperimentFixture.body + """
            sweep: { optimizer.sgd.rate: [0.1, 1] }
            figures:
              - accuracy-over-steps
              - activation-quantiles: { tap: dense1/activation-input, arms: [baseline] }
              - sweep: { x: optimizer.sgd.rate }
            claims:
              - id: one
                statement: s
                source: p
                measure: { steps-to: { target: best-of(baseline@rate=1) } }
                arm: batch-norm
                compared-with: "baseline@*"
                chosen-by: test-accuracy
                expect: below

            """

    @Test(arguments: 0..<4)
    func isReportedOrRead(_ seed: UInt64) throws {
        var generator = Generator(state: seed)
        let signs = Array("{}[]:,-#&*!|>'\"%@`?~ \n\tx0.=\u{0}é")
        for _ in 0..<40 {
            var characters = Array(Self.text)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<characters.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: characters.remove(at: place)
                case 1: characters.insert(signs.randomElement(using: &generator) ?? "x", at: place)
                case 2: characters[place] = signs.randomElement(using: &generator) ?? "x"
                default: characters.removeSubrange(place..<min(characters.count, place + 20))
                }
            }
            let fixture = try ExperimentFixture(["x": String(characters)])
            let messages = try fixture.messages()
            #expect(messages.isEmpty || messages.contains(": error: "))
        }
    }
}
