/// What is wrong with a data file, a data set or a request for one: never a reason to train on something else.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        case missing
        /// There is no complete copy of a data set on this machine.
        case noCopy = "no-copy"
        /// None of several data sets is on this machine.
        case noneAvailable = "none-available"
        /// The folder that the user named is not there.
        case missingFolder = "missing-folder"
        /// A file or folder is there but cannot be read or written.
        case unreadable
        case truncated
        case trailingBytes = "trailing-bytes"
        /// The gzip stream is damaged or its own checksum fails.
        case corruptGzip = "corrupt-gzip"
        /// The tar archive is damaged or lacks a file.
        case corruptArchive = "corrupt-archive"
        case wrongMagic = "wrong-magic"
        case swappedFiles = "swapped-files"
        /// Numbers of images, labels, rows or columns are not what they must be.
        case wrongCount = "wrong-count"
        case labelOutOfRange = "label-out-of-range"
        /// A server's web page was saved in place of the data.
        case htmlInsteadOfData = "html-instead-of-data"
        case checksumMismatch = "checksum-mismatch"
        case downloadFailed = "download-failed"
        case downloaderMissing = "downloader-missing"
        case unknownDataset = "unknown-dataset"
        /// A setting does not fit the data, such as a batch larger than the set, or is out of its range.
        case setting

        /// The kind in words, such as `wrong magic`.
        public var words: String {
            switch self {
            case .noCopy, .noneAvailable, .missingFolder: Kind.missing.words
            case .swappedFiles: Kind.wrongMagic.words
            case .setting: "unsupported"
            default: rawValue.replacing("-", with: " ")
            }
        }
    }

    public let kind: Kind
    /// The file, folder, data set or setting that has it.
    public let subject: String
    public let found: String
    public let expected: String
    /// What to do about it; may take several lines.
    public let suggestion: String

    public init(_ kind: Kind, subject: String, found: String, expected: String, suggestion: String = "") {
        self.kind = kind
        self.subject = subject
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// Whether the data are absent, rather than present and bad: the difference between exit codes 69 and 65.
    public var isUnavailable: Bool {
        switch kind {
        case .missing, .noCopy, .noneAvailable, .missingFolder, .downloadFailed, .downloaderMissing: true
        default: false
        }
    }

    /// The error with another suggestion, for callers that know more than the reader of a file.
    func suggesting(_ suggestion: String) -> DataError {
        DataError(kind, subject: subject, found: found, expected: expected, suggestion: suggestion)
    }

    /// One line that states the trouble, and the suggestion on the lines after it.
    public var description: String {
        let trouble = "\(subject): \(kind.words): found \(found), expected \(expected)"
        return suggestion.isEmpty ? trouble : trouble + "\n" + suggestion
    }
}
