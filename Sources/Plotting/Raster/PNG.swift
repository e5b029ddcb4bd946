import CPNG

public struct PNGError: Error, Equatable, CustomStringConvertible {
    /// What was attempted: `encode` or `decode`.
    public let operation: String
    /// What libpng said.
    public let reason: String

    public var description: String { "could not \(operation) a PNG: \(reason)" }
}

/// Reads and writes PNG files in memory through libpng.
public enum PNG {
    /// The bytes of a PNG file: the same for the same arguments (and the same libpng and zlib). The texts are written in the
    /// order of the keys, of 1 to 79 characters of ASCII, as `tEXt` chunks (`iTXt` beyond ASCII).
    public static func encode(
        _ bitmap: Bitmap, pixelsPerInch: Double = 192, texts: [String: String] = [:]
    ) throws(PNGError) -> [UInt8] {
        for key in texts.keys where !(1...79).contains(key.utf8.count) || !key.allSatisfy(\.isASCII) {
            throw PNGError(operation: "encode", reason: "the key '\(key)' is not 1 to 79 characters of ASCII")
        }
        let strings = texts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let failed = withCStrings(strings) { pointers in
            let chunks = stride(from: 0, to: pointers.count, by: 2).map {
                cpng_text(key: pointers[$0], text: pointers[$0 + 1])
            }
            return cpng_encode(
                bitmap.components, UInt32(bitmap.width), UInt32(bitmap.height),
                UInt32((pixelsPerInch / 0.0254).rounded()), chunks, chunks.count, &bytes, &count, &message)
        }
        guard failed == 0, let bytes else { throw PNGError(operation: "encode", reason: string(message)) }
        defer { cpng_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The pixels, over white, and the texts of a PNG file.
    public static func decode(_ bytes: [UInt8]) throws(PNGError) -> (bitmap: Bitmap, texts: [String: String]) {
        var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
        var image = cpng_image()
        guard cpng_decode(bytes, bytes.count, &image, &message) == 0, let pixels = image.pixels else {
            throw PNGError(operation: "decode", reason: string(message))
        }
        defer { cpng_image_free(&image) }
        var texts: [String: String] = [:]
        for chunk in UnsafeBufferPointer(start: image.texts, count: image.text_count) {
            texts[String(cString: chunk.key)] = String(cString: chunk.text)
        }
        let (width, height) = (Int(image.width), Int(image.height))
        let components = Array(UnsafeBufferPointer(start: pixels, count: width * height * 3))
        return (Bitmap(width: width, height: height, components: components), texts)
    }

    private static func string(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Lends all the strings to C at once.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafePointer<CChar>]) -> Result
    ) -> Result {
        var storage: [CChar] = []
        let offsets = strings.map { string in
            defer { storage += string.utf8CString }
            return storage.count
        }
        return storage.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return body([]) }
            return body(offsets.map { base + $0 })
        }
    }
}
