import Testing

@testable import Plotting

@Suite struct ColorMapTests {
    @Test func sequentialGrowsLighterAllTheWay() {
        let luminance = (0...100).map { ColorMap.sequential.color(Double($0) / 100).luminance }
        for (darker, lighter) in zip(luminance, luminance.dropFirst()) { #expect(lighter > darker) }
    }

    @Test func densityBeginsAsPaperAndGrowsDarker() {
        #expect(ColorMap.density.color(0) == .white)
        let luminance = (0...100).map { ColorMap.density.color(Double($0) / 100).luminance }
        for (lighter, darker) in zip(luminance, luminance.dropFirst()) { #expect(darker < lighter) }
    }

    @Test func valuesOutsideTakeTheNearestColorAndGapsAreGrey() {
        let scale = ColorScale("accuracy", from: 0, to: 1)
        #expect(scale.color(-3) == scale.color(0) && scale.color(.infinity) == scale.color(1))
        #expect(scale.color(.nan) == .missing)
        let logarithmic = ColorScale("loss", from: 0.01, to: 1, isLogarithmic: true)
        #expect(logarithmic.color(0.1) == logarithmic.map.color(0.5))
        #expect(logarithmic.color(-1) == .missing)
    }

    @Test func seriesStayApartOnPaperAndInGrey() {
        #expect(Set(Palette.colors).count == Palette.colors.count)
        for index in 0..<40 {
            #expect(Palette.color(index).luminance < 0.6)
            for other in 0..<index {
                let (a, b) = (Ink.series(index), Ink.series(other))
                #expect((a.color, a.dash) != (b.color, b.dash), "\(index) and \(other)")
                if index / 8 == other / 8 { #expect(a.dash != b.dash && a.marker != b.marker) }
            }
        }
    }
}
