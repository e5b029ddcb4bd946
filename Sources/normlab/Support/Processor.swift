import CProcessor
import Foundation

/// The processor that the program runs on, and the one that it was built for.
enum Processor {
    /// Ends the program with one line where it was built with instructions that this processor lacks; its kernels would die
    /// of the first of them without a word.
    static func check() {
        guard let missing = processor_missing_instructions() else { return }
        Terminal.complain(
            "error: this normlab was built for processors with \(String(cString: missing)), which this one lacks: build "
                + "it here with 'make build', or for older ones with 'NORMLAB_ARCH=x86-64-v3 make build'")
        exit(Ending.failed.rawValue)
    }
}
