import Testing

@testable import Plotting

@Suite struct TextMetricsTests {
    /// The box around the pixels that are not paper, in logical points.
    private static func drawn(_ text: Text, scale: Double = 4) -> Rectangle? {
        let scene = Scene(size: Size(220, 160), elements: [.text(text)])
        let bitmap = Rasterizer.bitmap(of: scene, scale: scale)
        var points: [Point] = []
        for row in 0..<bitmap.height {
            for column in 0..<bitmap.width where bitmap[column, row].red < 200 {
                points.append(Point(Double(column) / scale, Double(row) / scale))
                points.append(Point(Double(column + 1) / scale, Double(row + 1) / scale))
            }
        }
        return Rectangle(around: points)
    }

    @Test(arguments: [Text.Anchor.start, .middle, .end], [0.0, 90, -90])
    func lettersAreDrawnInsideTheirBox(_ anchor: Text.Anchor, _ rotation: Double) throws {
        for words in ["Hxgjpq@|", "99.24%", "γx̂ + β"] {
            let text = Text(words, at: Point(110, 80), size: 14, anchor: anchor, rotation: rotation)
            let drawn = try #require(Self.drawn(text))
            #expect(text.box.outset(by: 0.6).contains(drawn), "\(words)")
            // And fill its width but for the bearings.
            let (extent, width) = rotation == 0 ? (drawn.width, text.box.width) : (drawn.height, text.box.height)
            #expect(extent > width - 0.4 * 14, "\(words)")
        }
    }

    @Test func boldIsWider() {
        #expect(TextMetrics.width(of: "norm", size: 12, weight: .bold) > TextMetrics.width(of: "norm", size: 12))
        #expect(TextMetrics.width(of: "norm", size: 24) == 2 * TextMetrics.width(of: "norm", size: 12))
    }

    @Test func linesAreWrappedAtSpacesAndKeepEveryWord() {
        let words = "the inputs of the last hidden layer drift without batch normalization"
        for width in [40.0, 90, 150, 300] {
            for lines in [
                TextMetrics.wrapped(words, to: width, size: 12), TextMetrics.balanced(words, to: width, size: 12),
            ] {
                #expect(lines.joined(separator: " ") == words)
                #expect(
                    lines.allSatisfy { !$0.contains(" ") || TextMetrics.width(of: $0, size: 12) <= width + 1e-9 })
            }
        }
        #expect(TextMetrics.wrapped("a\nb", to: 100, size: 12) == ["a", "b"])
    }

    @Test func balancedLinesAreNoMoreAndMoreEqual() {
        let words = "local response normalization (learning rate 0.1, momentum 0.9)"
        func spread(_ lines: [String]) -> Double {
            let widths = lines.map { TextMetrics.width(of: $0, size: 12) }
            return (widths.max() ?? 0) - (widths.min() ?? 0)
        }
        let wrapped = TextMetrics.wrapped(words, to: 190, size: 12)
        let balanced = TextMetrics.balanced(words, to: 190, size: 12)
        #expect(balanced.count == wrapped.count)
        #expect(spread(balanced) <= spread(wrapped))
    }
}
