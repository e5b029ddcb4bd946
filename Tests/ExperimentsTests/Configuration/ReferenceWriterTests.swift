import Declarations
import Foundation
import Testing

@testable import Experiments
@testable import Running

@Suite struct ReferenceWriterTests {
    @Test func theCommittedReferenceIsCurrent() throws {
        let url = Repository.library.root.appending(path: "docs/configuration.md")
        let committed = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        #expect(
            committed == ConfigurationDocuments.reference() + "\n",
            "write it again: normlab schema --reference > docs/configuration.md")
    }

    @Test func everyRowHasFourCells() {
        let rows = ConfigurationDocuments.reference().split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count > 100)
        for row in rows {
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 5, "\(row)")
        }
    }
}
