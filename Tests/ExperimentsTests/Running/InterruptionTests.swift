import Foundation
import Testing

@testable import Experiments
@testable import Running

@Suite(.serialized)
struct InterruptionTests {
    @Test func isAskedForOnceAndStays() {
        let interruption = Interruption()
        #expect(!interruption.isRequested)
        interruption.request()
        interruption.request()
        #expect(interruption.isRequested)
    }

    @Test func theFirstSignalAsks() async {
        await #expect(processExitsWith: .exitCode(75)) {
            let interruption = Interruption.onSignals()
            guard !interruption.isRequested else { exit(1) }
            kill(getpid(), SIGTERM)
            while !interruption.isRequested { usleep(1000) }
            exit(75)
        }
    }

    @Test func theSecondSignalEndsTheProcess() async {
        await #expect(processExitsWith: .exitCode(130)) {
            let interruption = Interruption.onSignals()
            kill(getpid(), SIGINT)
            while !interruption.isRequested { usleep(1000) }
            kill(getpid(), SIGTERM)
            for _ in 0..<5000 { usleep(1000) }
            exit(1)
        }
    }

    @Test func anIgnoredSignalStaysIgnored() async {
        await #expect(processExitsWith: .exitCode(0)) {
            signal(SIGINT, SIG_IGN)
            let interruption = Interruption.onSignals()
            kill(getpid(), SIGINT)
            usleep(10_000)
            exit(interruption.isRequested ? 1 : 0)
        }
    }
}
