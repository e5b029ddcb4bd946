import Dispatch
import Foundation
import Kernels
import Synchronization
import Testing

@Suite("Team")
struct TeamTests {
    @Test("every item runs exactly once", arguments: [1, 2, 3, 8])
    func everyItemOnce(threads: Int) {
        let team = Team(threads: threads)
        #expect(team.threads == threads)
        for count in [0, 1, 2, 3, 7, 64, 1000] {
            let runs = TestVector(count: max(count, 1))
            let view = runs.view
            team.forEach(count) { view[$0] += 1 }
            #expect(view.elements.reduce(0, +) == Float(count))
            #expect(view.elements.allSatisfy { $0 == (count == 0 ? 0 : 1) })
        }
    }

    @Test("many short loops in a row, with sleeps in between")
    func manyLoops() {
        let team = Team(threads: 3)
        let sum = Atomic(0)
        for round in 0..<3000 {
            team.forEach(round % 9) { sum.add($0 + 1, ordering: .relaxed) }
            if round % 500 == 0 {
                // Long enough for the workers to fall asleep.
                DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(2)).ignore()
            }
        }
        let expected = (0..<3000).reduce(0) { $0 + ($1 % 9) * ($1 % 9 + 1) / 2 }
        #expect(sum.load(ordering: .relaxed) == expected)
    }

    @Test("a thread goes on with the neighbours of its items")
    func neighbours() {
        let team = Team(threads: 2)
        var together = 0
        for _ in 0..<100 {
            let begun = Atomic(0)
            let late = Atomic(0)
            let first = Atomic(0)
            let second = Atomic(0)
            team.forEach(4) { item in
                let thread = ObjectIdentifier(Thread.current).hashValue
                if item == 0 { first.store(thread, ordering: .relaxed) }
                if item == 1 { second.store(thread, ordering: .relaxed) }
                guard item.isMultiple(of: 2) else { return }
                // The first item of each half waits for the other's, so that each thread has one of them.
                begun.add(1, ordering: .acquiringAndReleasing)
                let limit = DispatchTime.now() + .seconds(20)
                while begun.load(ordering: .acquiring) < 2 {
                    if DispatchTime.now() > limit { late.add(1, ordering: .relaxed); break }
                }
            }
            let lateItems = late.load(ordering: .relaxed)
            #expect(lateItems == 0)
            if lateItems > 0 { break }
            if first.load(ordering: .relaxed) == second.load(ordering: .relaxed) { together += 1 }
        }
        // Handed out one by one, the second item is never run by the thread of the first. On a busy machine most are taken.
        #expect(together > 0)
    }

    @Test("what a late thread has not begun is run by others", arguments: [2, 3, 8])
    func lateThread(threads: Int) {
        let team = Team(threads: threads)
        for late in [0, 5, 23] {
            let others = Atomic(0)
            let wereDone = Atomic(false)
            team.forEach(24) { item in
                guard item == late else {
                    others.add(1, ordering: .acquiringAndReleasing)
                    return
                }
                // The first item of a share holds up those behind it, unless somebody takes them.
                let limit = DispatchTime.now() + .seconds(20)
                while others.load(ordering: .acquiring) < 23 && DispatchTime.now() < limit {}
                wereDone.store(others.load(ordering: .acquiring) == 23, ordering: .relaxed)
            }
            let wereAllRun = wereDone.load(ordering: .relaxed)
            #expect(wereAllRun, "item \(late)")
        }
    }

    @Test("a loop inside a loop runs in place")
    func nested() {
        let team = Team(threads: 2)
        let sum = Atomic(0)
        team.forEach(10) { outer in
            team.forEach(10) { inner in sum.add(outer * inner, ordering: .relaxed) }
        }
        #expect(sum.load(ordering: .relaxed) == 45 * 45)
    }

    @Test("threads may share a team")
    func shared() {
        let team = Team(threads: 2)
        let sum = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<200 {
                team.forEach(5) { sum.add($0, ordering: .relaxed) }
            }
        }
        #expect(sum.load(ordering: .relaxed) == 4 * 200 * 10)
    }

    @Test("fewer than one thread is one thread")
    func atLeastOne() {
        #expect(Team(threads: 0).threads == 1)
        #expect(Team(threads: -3).threads == 1)
    }

    @Test("what the items wrote is visible afterwards")
    func visibility() {
        let team = Team(threads: 3)
        let vector = TestVector(count: 500)
        let view = vector.view
        for round in 1...200 {
            team.forEach(500) { view[$0] = Float($0 * round) }
            #expect(view[499] == Float(499 * round))
            #expect(view[0] == 0 && view[250] == Float(250 * round))
        }
    }

    @Test("teams come and go")
    func shortLived() {
        let sum = Atomic(0)
        for _ in 0..<50 {
            Team(threads: 3).forEach(4) { sum.add($0, ordering: .relaxed) }
        }
        #expect(sum.load(ordering: .relaxed) == 300)
    }
}

extension DispatchTimeoutResult {
    /// Says that the timeout is what was wanted.
    fileprivate func ignore() {}
}
