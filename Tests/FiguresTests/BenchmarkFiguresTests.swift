import Foundation
import Testing

@testable import Figures
@testable import Results

/// The figures of benchmarks, from files that no benchmark wrote.
@Suite struct BenchmarkFiguresTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "normlab-benchmark-\(UUID().uuidString)")

    private static let header =
        "section,name,variant,subject,batch,threads,metric,unit,median,minimum,maximum,repeats\n"

    private func write(_ section: String, _ rows: [String]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = Self.header + rows.map { "\(section),\($0)\n" }.joined()
        try Data(text.utf8).write(to: folder.appending(path: "\(section).csv"))
    }

    private func writeAll() throws {
        try write(
            "peaks",
            [
                "multiply-add,,normlab,,2,rate,GFLOP/s,200,190,210,5",
                "multiply-add,,normlab,,1,rate,GFLOP/s,100,1,1,5",
                "16 KiB,copy,normlab,,2,traffic,GB/s,300,290,310,5",
                "32 KiB,copy,normlab,,2,traffic,GB/s,280,270,290,5",
                "128 MiB,copy,normlab,,2,traffic,GB/s,20,19,21,5",
                "128 MiB,copy,normlab,,1,traffic,GB/s,15,1,1,5",
            ])
        try write(
            "kernels",
            [
                "\"convolution 3×3, 1→2 on 3×3\",forward,normlab,32,2,rate,GFLOP/s,150,140,160,5",
                "\"convolution 3×3, 1→2 on 3×3\",forward,normlab,32,2,intensity,FLOP/byte,40,40,40,1",
                "\"relu, 500\",forward,normlab,64,2,rate,GFLOP/s,2,1,3,5",
                "\"relu, 500\",forward,normlab,64,2,intensity,FLOP/byte,0.125,0.125,0.125,1",
                "headline,each,normlab,,2,share-of-peak,%,80,70,90,5",
            ])
        try write(
            "scaling",
            [1, 2, 4].flatMap { batch in
                [
                    "lenet/bn,batch,normlab,\(batch),2,steps,steps/s,\(100 / batch),\(90 / batch),\(110 / batch),5",
                    "lenet/bn,batch,normlab,\(batch),2,training,images/s,100,90,110,5",
                    "lenet/bn,batch,normlab,\(batch),2,planned-memory,MB,\(batch),\(batch),\(batch),1",
                    "lenet/bn,threads,normlab,64,\(batch),steps,steps/s,\(10 * batch),1,99,5",
                ]
            })
    }

    @Test func everyKernelHasItsPlace() throws {
        try writeAll()
        defer { try? FileManager.default.removeItem(at: folder) }
        let roofline = try Roofline(
            peaks: #require(try BenchmarkRows(section: "peaks", in: folder)),
            kernels: #require(try BenchmarkRows(section: "kernels", in: folder)))
        #expect(
            roofline.points() == [
                Roofline.Point(name: "convolution 3×3, 1→2 on 3×3", intensity: 40, rate: 150),
                Roofline.Point(name: "relu, 500", intensity: 0.125, rate: 2),
            ])
        #expect(roofline.points().map(\.kind) == ["convolution 3×3", "relu"])
        // Sizes that are as fast are one level, and other numbers of threads none.
        #expect(roofline.levels(threads: 2).map(\.name) == ["16 KiB", "128 MiB"])
        #expect(roofline.levels(threads: 2).map(\.bandwidth) == [310, 21])
        let svg = try roofline.figure().svg()
        for words in ["convolution 3×3", "relu", "multiply-adds: 210 GFLOP/s", "copying 16 KiB: 310 GB/s"] {
            #expect(svg.contains(words), "\(words)")
        }
    }

    @Test func picturesAreWrittenFromTheFilesAlone() throws {
        try writeAll()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try BenchmarkFigures.render(folder: folder)
        #expect(
            files.map(\.lastPathComponent) == ["roofline.png", "roofline.svg", "scaling.png", "scaling.svg"])
        let first = try files.map { try Data(contentsOf: $0) }
        try BenchmarkFigures.render(folder: folder)
        #expect(try files.map { try Data(contentsOf: $0) } == first)
    }

    @Test func withoutResultsNothingIsDrawn() throws {
        #expect(try BenchmarkFigures.render(folder: folder) == [])
    }

    @Test func damagedFilesAreErrors() throws {
        try writeAll()
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("peaks", ["multiply-add,,normlab,,2,rate,GFLOP/s,fast,190,210,5"])
        #expect(throws: FigureError.self) { try BenchmarkFigures.render(folder: folder) }
        try write("peaks", ["multiply-add,,normlab,,3,rate,GFLOP/s,200,190,210,5"])
        #expect(throws: FigureError.self) { try BenchmarkFigures.render(folder: folder) }
    }
}
