import Testing

@testable import Plotting

@Suite struct RasterizerTests {
    private static let red = Color(0xFF0000)

    @Test func cellsFillWholePixels() {
        let cells = Cells(xEdges: [1, 3, 5], yEdges: [1, 2, 4], colors: [Self.red, nil, .ink, .grid])
        let bitmap = Rasterizer.bitmap(of: Scene(size: Size(6, 5), elements: [.cells(cells)]), scale: 1)
        #expect(bitmap[1, 1] == Self.red && bitmap[2, 1] == Self.red)
        #expect(bitmap[3, 1] == .white)
        #expect(bitmap[2, 3] == .ink && bitmap[4, 2] == .grid)
        #expect(bitmap[0, 0] == .white && bitmap[5, 4] == .white)
    }

    @Test func fillsBlendAtTheirOpacityAndEdges() {
        let box = Rectangle(x: 1, y: 1, width: 2.5, height: 2)
        let shape = Shape.rectangle(box, fill: (Color(0x000000), 0.5))
        let bitmap = Rasterizer.bitmap(of: Scene(size: Size(6, 5), elements: [.shape(shape)]), scale: 1)
        #expect(bitmap[1, 1].red == 128)
        #expect(bitmap[3, 1].red == 191)
        #expect(bitmap[4, 1].red == 255)
    }

    @Test func groupsAreCutAtTheirBox() {
        let shape = Shape.rectangle(Rectangle(x: 0, y: 0, width: 10, height: 10), fill: (Self.red, 1))
        let line = Shape.line(from: Point(0, 5), to: Point(10, 5), Stroke(.ink, width: 2))
        let clip = Rectangle(x: 2, y: 3, width: 4, height: 5)
        let scene = Scene(size: Size(10, 10), elements: [.group(clip: clip, [.shape(shape), .shape(line)])])
        let bitmap = Rasterizer.bitmap(of: scene, scale: 1)
        for row in 0..<10 {
            for column in 0..<10 {
                let isInside = (2..<6).contains(column) && (3..<8).contains(row)
                #expect((bitmap[column, row] != .white) == isInside)
            }
        }
    }

    @Test func crispLinesHaveNoGreyEdges() {
        let line = Shape.line(
            from: Point(1.3, 2.2), to: Point(8.4, 2.2), Stroke(Color(0x000000), width: 1, isCrisp: true))
        let bitmap = Rasterizer.bitmap(of: Scene(size: Size(10, 5), elements: [.shape(line)]), scale: 2)
        let shades = Set(bitmap.components)
        #expect(shades == [0, 255])
    }

    @Test func lettersAreSmoothAndTurnWithTheirLine() {
        func ink(_ rotation: Double) -> Int {
            let text = Text("batch", at: Point(30, 30), size: 12, color: Color(0), anchor: .middle, rotation: rotation)
            let bitmap = Rasterizer.bitmap(of: Scene(size: Size(60, 60), elements: [.text(text)]), scale: 2)
            return bitmap.components.reduce(0) { $0 + 255 - Int($1) }
        }
        #expect(ink(0) > 10_000)
        #expect(abs(ink(0) - ink(90)) < ink(0) / 20)
    }
}
