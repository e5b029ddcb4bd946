import Foundation
import Testing

@testable import Plotting

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct SVGWriterTests {
    /// What a reader of XML finds in a document.
    private final class Reader: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]
        var words: [String] = []
        private var current: String?

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            counts[name, default: 0] += 1
            if name == "text" { current = "" }
        }
        func parser(_ parser: XMLParser, foundCharacters string: String) { current?.append(string) }
        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            if name == "text", let current { words.append(current) }
            if name == "text" { current = nil }
        }

        static func read(_ document: String) -> Reader? {
            let reader = Reader()
            let parser = XMLParser(data: Data(document.utf8))
            parser.delegate = reader
            return parser.parse() ? reader : nil
        }
    }

    @Test(arguments: Gallery.figures.map(\.name)) func figuresAreWellFormedAndKeepTheirWords(_ name: String) throws {
        let figure = try #require(Gallery.figures.first { $0.name == name }).figure
        let reader = try #require(Reader.read(figure.svg(provenance: ["Run": "a<b> & \"c\""])))
        #expect(reader.words.sorted() == figure.scene().texts.map(\.text.content).sorted())
        #expect(!figure.svg().contains("nan") && !figure.svg().contains("inf"))
    }

    @Test func signsOfMarkupAreWords() throws {
        let words = "a < b & \"c\" > d\u{1}"
        let scene = Scene(size: Size(100, 50), title: words, elements: [.text(Text(words, at: Point(10, 20)))])
        let reader = try #require(Reader.read(SVGWriter.document(scene)))
        #expect(reader.words == ["a < b & \"c\" > d\u{fffd}"])
    }

    @Test func neighbouringCellsOfOneColorShareARectangle() throws {
        let cells = Cells(
            xEdges: [0, 1, 2, 3], yEdges: [0, 1, 2],
            colors: [.ink, .ink, .grid, nil, .grid, .grid])
        let reader = try #require(Reader.read(SVGWriter.document(Scene(size: Size(3, 2), elements: [.cells(cells)]))))
        #expect(reader.counts["rect"] == 1 + 2 + 1)
    }

    @Test func theSameFigureGivesTheSameText() {
        #expect(Gallery.quantiles.svg() == Gallery.quantiles.svg())
    }
}
