import Foundation

/// Writes a ``Scene`` as SVG. Words stay words: they can be selected and searched.
///
/// No identifiers are used, so that several pictures can stand in one page. Text carries its measured length, so that it takes
/// the same room in whichever sans-serif face the viewer has.
public struct SVGWriter {
    private var output = ""

    /// The document, or just the `svg` element for use inside a page.
    public static func document(_ scene: Scene, description: String = "") -> String {
        var writer = SVGWriter()
        writer.write(scene, description: description)
        return writer.output
    }

    private static let fonts = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"

    private mutating func write(_ scene: Scene, description: String) {
        let (width, height) = (number(scene.size.width), number(scene.size.height))
        output += """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
            role="img" font-family="\(Self.fonts)" stroke-linecap="round" stroke-linejoin="round">\n
            """
        if !scene.title.isEmpty { output += "<title>\(escaped(scene.title))</title>\n" }
        if !description.isEmpty { output += "<desc>\(escaped(description))</desc>\n" }
        output += "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\n"
        for element in scene.elements { write(element) }
        output += "</svg>\n"
    }

    private mutating func write(_ element: Element) {
        switch element {
        case .shape(let shape): write(shape)
        case .text(let text): write(text)
        case .cells(let cells): write(cells)
        case .group(let clip, let members):
            // An inner svg clips to its box without a named clip path.
            let box = [clip.x, clip.y, clip.width, clip.height].map(number)
            output += """
                <svg x="\(box[0])" y="\(box[1])" width="\(box[2])" height="\(box[3])" \
                viewBox="\(box.joined(separator: " "))" overflow="hidden">\n
                """
            for member in members { write(member) }
            output += "</svg>\n"
        }
    }

    private mutating func write(_ shape: Shape) {
        var path = ""
        for outline in shape.outlines {
            guard let first = outline.first else { continue }
            let isClosed = outline.count > 2 && outline.last == first
            path += "M\(number(first.x)) \(number(first.y))"
            let rest = isClosed ? outline.dropFirst().dropLast() : outline.dropFirst()
            // A line to where the pen is already shows as a dot under round caps.
            path += rest.isEmpty ? "h0" : "L" + rest.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: " ")
            if isClosed { path += "Z" }
        }
        guard !path.isEmpty else { return }
        output += "<path d=\"\(path)\""
        if let (color, opacity) = shape.fill {
            output += " fill=\"\(color.hexadecimal)\"" + attribute("fill-opacity", opacity)
        } else {
            output += " fill=\"none\""
        }
        if let stroke = shape.stroke {
            output += " stroke=\"\(stroke.color.hexadecimal)\" stroke-width=\"\(number(stroke.width))\""
            output += attribute("stroke-opacity", stroke.opacity)
            if !stroke.dash.isEmpty {
                output += " stroke-dasharray=\"\(stroke.dash.map(number).joined(separator: " "))\""
            }
            if stroke.isCrisp { output += " stroke-linecap=\"square\" shape-rendering=\"crispEdges\"" }
        }
        output += "/>\n"
    }

    private mutating func write(_ text: Text) {
        guard !text.content.allSatisfy(\.isWhitespace) else { return }
        let (x, y) = (number(text.position.x), number(text.position.y))
        output += "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(text.size))\" fill=\"\(text.color.hexadecimal)\""
        switch text.anchor {
        case .start: break
        case .middle: output += " text-anchor=\"middle\""
        case .end: output += " text-anchor=\"end\""
        }
        if text.weight == .bold { output += " font-weight=\"700\"" }
        if text.rotation != 0 { output += " transform=\"rotate(\(number(-text.rotation)) \(x) \(y))\"" }
        if let halo = text.halo {
            output +=
                " stroke=\"\(halo.hexadecimal)\" stroke-width=\"\(number(text.size * 0.3))\" paint-order=\"stroke\""
        }
        output +=
            " textLength=\"\(number(text.width))\" lengthAdjust=\"spacingAndGlyphs\">\(escaped(text.content))</text>\n"
    }

    private mutating func write(_ cells: Cells) {
        guard cells.rows > 0, cells.columns > 0 else { return }
        output += "<g shape-rendering=\"crispEdges\">\n"
        for row in 0..<cells.rows {
            let (top, bottom) = (cells.yEdges[row], cells.yEdges[row + 1])
            var column = 0
            while column < cells.columns {
                // Neighbours of one colour share a rectangle.
                let color = cells.colors[row * cells.columns + column]
                var end = column + 1
                while end < cells.columns, cells.colors[row * cells.columns + end] == color { end += 1 }
                if let color {
                    let (left, right) = (cells.xEdges[column], cells.xEdges[end])
                    output += """
                        <rect x="\(number(left))" y="\(number(top))" width="\(number(right - left))" \
                        height="\(number(bottom - top))" fill="\(color.hexadecimal)"/>\n
                        """
                }
                column = end
            }
        }
        output += "</g>\n"
    }

    private func attribute(_ name: String, _ opacity: Double) -> String {
        opacity == 1 ? "" : " \(name)=\"\(number(opacity))\""
    }

    /// Hundredths of a point: finer than any eye, and short.
    private func number(_ value: Double) -> String {
        let hundredths = value.isFinite ? Int((min(max(value, -1e7), 1e7) * 100).rounded()) : 0
        let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return sign + (rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)")
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // XML knows no control characters other than these.
            case _ where scalar.value < 32 && scalar != "\n" && scalar != "\t": result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
