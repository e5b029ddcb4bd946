import StrokeFont
import Testing

@testable import Figures

@Suite struct QuantityWordsTests {
    @Test func knownQuantitiesHaveFormulas() {
        #expect(QuantityWords.words("gradient-shift").title == "Gradient shift ‖G − G′‖")
        #expect(QuantityWords.words("gradient-cosine").title == "cos(G, G′)")
        #expect(QuantityWords.words("loss").heading == "Loss after a step")
        #expect(QuantityWords.words("gradient-cosine").heading == "cos(G, G′)")
        #expect(!QuantityWords.words("gradient-cosine").isMagnitude)
    }

    @Test func othersAreTheirOwnWords() {
        #expect(QuantityWords.words("mean-of-nothing").title == "Mean of nothing")
        #expect(!QuantityWords.words("mean-of-nothing").isMagnitude)
    }

    @Test func shortWordsFitBesideAColorBar() {
        #expect(QuantityWords.words("wasserstein").short == "Wasserstein distance")
        #expect(QuantityWords.words("gradient-shift").short == "Gradient shift")
        #expect(QuantityWords.words("loss-minimum").short == "Lowest loss along the gradient")
        #expect(QuantityWords.words("gradient-cosine").short == "cos(G, G′)")
        #expect(QuantityWords.words("effective-rate").short == "Effective learning rate")
    }

    @Test func everyLetterCanBeDrawn() {
        for quantity in QuantityWords.known {
            let words = QuantityWords.words(quantity)
            for character in words.title + words.axis { #expect(StrokeFont.contains(character), "\(character)") }
            #expect(!words.short.isEmpty && !words.heading.isEmpty)
        }
    }
}
