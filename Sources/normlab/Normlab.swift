import ArgumentParser
import CProcessor
import Datasets
import Declarations
import Engine
import Experiments
import Running

/// The program; its subcommands are in `Commands/`.
@main
struct Normlab: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "normlab",
        abstract: "A laboratory for one question: what does normalization do to the training of a deep network?",
        discussion: """
            An experiment is a file in Experiments/<suite>/, or anywhere: it names the arms to train, the figures to draw and the published \
            claims to test. Results go to Results/<profile>/<experiment>/ as CSV, PNG and SVG.

            Exit codes: 0 done · 1 failed · 2 a claim was not reproduced (verify) · 64 usage · 65 bad configuration or \
            data · 69 data or processor unavailable · 75 interrupted, resumable.
            """,
        version: "NormLab \(version)",
        subcommands: [
            Reproduce.self, Run.self, New.self, List.self, Show.self, Compare.self, DrawFigures.self, Verify.self,
            Claims.self, Data.self, Bench.self, BenchWorker.self, RunWorker.self, Schema.self,
        ])

    /// Reads the command line and does what it says. What goes wrong is printed here, for all commands, and the exit code says
    /// what kind of trouble it was.
    static func main() {
        Terminal.openStandardDescriptors()
        checkProcessor()
        do {
            var command = try parseAsRoot()
            do {
                try command.run()
            } catch let error as ValidationError {
                // Found after the command line was read: its usage would say nothing about it.
                Terminal.error(error.message)
                throw ExitCode.validationFailure
            } catch  where !(error is ExitCode) && exitCode(for: error) == .failure {
                // Neither a wish for help nor a mistake on the command line: those have words and codes of their own.
                Terminal.error(error)
                throw ExitCode(for: error)
            }
        } catch {
            exit(withError: error)
        }
    }

    /// Ends the program with one line where it was built with instructions that this processor lacks; its kernels would be
    /// killed at the first of them without a word.
    private static func checkProcessor() {
        guard let missing = processor_missing_instructions() else { return }
        Terminal.error(
            "this normlab was built for processors with \(String(cString: missing)), which this one lacks: build it here "
                + "with 'make build', or for older ones with 'NORMLAB_ARCH=x86-64-v3 make build'")
        exit(withError: ExitCode.dataUnavailable)
    }
}

extension ExitCode {
    static let claimNotReproduced = ExitCode(2)
    /// A configuration or a data file is wrong.
    static let badInput = ExitCode(65)
    static let dataUnavailable = ExitCode(69)
    /// Interrupted; the same command continues.
    static let interrupted = ExitCode(75)

    /// The code for an error: bad input, data that are nowhere, or, for a disk that is full or a bug, just a failure.
    init(for error: any Error) {
        self =
            switch error {
            case let code as ExitCode: code
            case is ConfigurationErrors, is NetworkError: .badInput
            case let error as DataError: error.isUnavailable ? .dataUnavailable : .badInput
            case let error as RunError: error.isBadInput ? .badInput : .failure
            default: .failure
            }
    }
}
