import Figures
import Foundation
import Testing

@testable import Claims
@testable import Experiments
@testable import Running
@testable import Results

/// What `docs/formats.md` says is what is written.
struct FormatsDocumentTests {
    private let document = try? String(
        contentsOf: Repository.library.root.appending(path: "docs/formats.md"), encoding: .utf8)

    @Test func hasTheHeaderOfEveryTable() throws {
        let document = try #require(document)
        for table in RunFolder.Table.allCases {
            #expect(document.contains("    \(table.header.joined(separator: ","))\n"), "\(table.rawValue)")
        }
        for table in RunFolder.DerivedTable.allCases {
            #expect(document.contains("    \(table.header.joined(separator: ","))\n"), "\(table.rawValue)")
        }
        for quantity in DistributionShift.Measure.allCases {
            #expect(document.contains("| `\(quantity.rawValue)` |"), "\(quantity)")
        }
        let tiny = try TinyExperiment()
        try tiny.experiment.summary(profile: "smoke", resultsRoot: tiny.results).write(others: [
            tiny.experiment.figuresFile
        ])
        let files = try FileManager.default.contentsOfDirectory(atPath: tiny.experimentFolder().path)
        #expect(files.contains(FigureList.file) && document.contains("**`\(FigureList.file)`**"))
        for name in files where name.hasSuffix(".csv") {
            let header = try CSVTable(whole: tiny.experimentFolder().appending(path: name)).columns.joined(
                separator: ",")
            #expect(document.contains("| `\(name)` | `\(header)` |"), "\(name): \(header)")
        }
    }

    @Test func namesEveryFileAndEveryKeyOfTheManifest() throws {
        let document = try #require(document)
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("explosive")).run()
        let folder = tiny.runFolder("explosive")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
            #expect(document.contains("`\(name)`"), "\(name)")
        }
        let json = try JSONSerialization.jsonObject(with: Data(AtomicFile.read(folder.manifest)))
        for key in try #require(json as? [String: Any]).keys where key != "format" {
            #expect(document.contains("`\(key)`"), "\(key)")
        }
    }
}
