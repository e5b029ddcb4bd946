import Foundation
import Testing

@testable import Results

struct SafetensorsTests {
    private let example = Safetensors(
        tensors: [
            "b.weight": .init(shape: [2, 3], values: .float32([1, -2, 0.5, .infinity, 1e-38, 3])),
            "a.bias": .init(shape: [1], values: .float32([-0.0])),
            "c.count": .init(shape: [], values: .int64([-7])),
            "a.sum": .init(shape: [2], values: .float64([0.1, 1e300])),
            "empty": .init(shape: [0, 4], values: .float32([])),
        ], metadata: ["format": "pt", "note": "a \"quoted\"\\ line\nand β"])

    @Test func readsBackWhatWasWritten() throws {
        #expect(try Safetensors(decoding: example.encoded()) == example)
        #expect(try Safetensors(decoding: Safetensors().encoded()) == Safetensors())
    }

    @Test func theBytesAreThoseOfTheFormat() throws {
        let bytes = Safetensors(
            tensors: [
                "y": .init(shape: [1, 2], values: .float32([1, -2])), "n": .init(shape: [], values: .int64([258])),
                "x": .init(shape: [1], values: .float32([0.5])),
            ], metadata: ["k": "v"]
        ).encoded()
        let header =
            #"{"__metadata__":{"k":"v"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"#
            + #""x":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#
            + #""y":{"dtype":"F32","shape":[1,2],"data_offsets":[12,20]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        var expected: [UInt8] = [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8)
        expected += [2, 1, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0x3f] + [0, 0, 0x80, 0x3f] + [0, 0, 0, 0xc0]
        #expect(padded.utf8.count < 256)
        #expect(bytes == expected)
    }

    @Test(arguments: [0x7FC0_0000, 0xFFC0_0000, 0x7FA0_0001, 0xFFFF_FFFF] as [UInt32])
    func whatIsNotANumberIsTheSameBytesEverywhere(pattern: UInt32) {
        let wide = UInt64(pattern & 0x8000_0000 | 0x7FF0_0000) << 32 | 1
        let file = Safetensors(tensors: [
            "a": .init(shape: [1], values: .float64([Double(bitPattern: wide)])),
            "b": .init(shape: [2], values: .float32([Float(bitPattern: pattern), -.infinity])),
        ])
        #expect(
            file.encoded().suffix(16) == [0, 0, 0, 0, 0, 0, 0xF8, 0x7F, 0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xFF])
    }

    @Test func theBytesDependOnTheContentsAlone() {
        var other = Safetensors(metadata: ["note": "a \"quoted\"\\ line\nand β"])
        for name in example.tensors.keys.sorted().reversed() { other.tensors[name] = example.tensors[name] }
        other.metadata["format"] = "pt"
        #expect(other.encoded() == example.encoded())
    }

    @Test func everyTruncationIsRefused() {
        let bytes = example.encoded()
        for count in 0..<bytes.count {
            #expect(throws: SafetensorsError.self) { try Safetensors(decoding: Array(bytes[0..<count])) }
        }
        #expect(throws: SafetensorsError.self) { try Safetensors(decoding: bytes + [0]) }
    }

    @Test(arguments: [
        #"{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"x":{"dtype":"F32","shape":[1]}}"#, "[]", "nonsense", "",
    ])
    func aWrongHeaderIsRefused(header: String) {
        let bytes = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 0, 0]
        #expect(throws: SafetensorsError.self) { try Safetensors(decoding: bytes) }
    }

    @Test func anAbsurdHeaderLengthIsRefused() {
        #expect(throws: SafetensorsError.self) {
            try Safetensors(decoding: [UInt8](repeating: 0xff, count: 64))
        }
    }
}
