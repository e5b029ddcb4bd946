import ArgumentParser
import Datasets
import Declarations
import Engine
import Foundation
import Harness

/// How the program ends.
enum Ending {
    /// Something failed that is nobody's input: a disk, a bug.
    static let failed = ExitCode(1)
    /// A claim was not reproduced.
    static let claimNotReproduced = ExitCode(2)
    /// A configuration or a data file is wrong.
    static let badInput = ExitCode(65)
    /// A data set is nowhere to be had.
    static let dataUnavailable = ExitCode(69)
    /// Interrupted; the same command continues.
    static let interrupted = ExitCode(75)

    /// Runs the work of a command, prints what went wrong, and ends with the code that says so.
    static func reporting(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch let errors as ConfigurationErrors {
            Terminal.complain("\(errors)")
            throw badInput
        } catch let error as DataError {
            Terminal.complain("error: \(error)")
            throw error.isUnavailable ? dataUnavailable : badInput
        } catch let error as NetworkError {
            Terminal.complain("error: \(error)")
            throw badInput
        } catch let error as RunError {
            Terminal.complain("error: \(error)")
            throw error.isBadInput ? badInput : failed
        } catch {
            Terminal.complain("error: \(error)")
            throw failed
        }
    }
}
