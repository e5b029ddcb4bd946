import Datasets

/// What happens during a download, in words: a live line on a terminal, whole lines otherwise.
enum DownloadLine {
    static func tell(_ event: FetchEvent) {
        switch event {
        case .present(let file): Terminal.complain("  \(file): here, and its contents are right")
        case .downloading(let file, _, let received, let total):
            Terminal.live("  \(file): \(received / 1_000_000) of \(total / 1_000_000) MB")
        case .mirrorFailed(let file, let address, let reason):
            Terminal.complain("  \(file): not from \(address) (\(reason))")
        case .verified(let file): Terminal.complain("  \(file): downloaded, and its contents are right")
        case .unpacked(let file, let archive): Terminal.complain("  \(file): unpacked from \(archive)")
        }
    }
}
