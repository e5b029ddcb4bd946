import Datasets
import Engine
import Results

/// Why a run could not be made. A run that diverges is no error but a result.
public enum RunError: Error, CustomStringConvertible {
    /// Another process works in the run's folder.
    case locked(FolderLocked)
    /// A file could not be written or read.
    case file(FileError)
    /// A table of the run itself has not the form it was written in.
    case table(CSVError)
    /// The network cannot be built for these images.
    case network(run: String, NetworkError)
    /// The data do not fit the configuration: a batch that is larger than the training set, an input that cannot be
    /// fitted.
    case data(run: String, DataError)
    /// Anything else, in words.
    case other(run: String, String)

    /// The error in words.
    public var description: String {
        switch self {
        case .locked(let error): "\(error)"
        case .file(let error): "\(error)"
        case .table(let error): "\(error)"
        case .network(let run, let error): "\(run): \(error)"
        case .data(let run, let error): "\(run): \(error)"
        case .other(let run, let error): "\(run): \(error)"
        }
    }

    /// Whether the configuration or the data are at fault, rather than the machine.
    public var isBadInput: Bool {
        switch self {
        case .network, .data: true
        case .locked, .file, .table, .other: false
        }
    }

    /// Sorts an error of a run.
    init(_ error: any Error, run: String) {
        self =
            switch error {
            case let error as RunError: error
            case let error as FolderLocked: .locked(error)
            case let error as FileError: .file(error)
            case let error as CSVError: .table(error)
            case let error as NetworkError: .network(run: run, error)
            case let error as DataError: .data(run: run, error)
            default: .other(run: run, "\(error)")
            }
    }
}
