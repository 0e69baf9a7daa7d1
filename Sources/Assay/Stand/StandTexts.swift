internal import AssayCore
internal import AssayNet
internal import AssayStand

extension MemberDeath {
    /// One line for verdicts and notes.
    var text: String {
        let last = lastLines.last.map { "; its last line: \($0)" } ?? ""
        return "\(title) ended by itself: \(status)\(last)"
    }
}

extension StandFailure {
    /// What a person is told; the log's last lines come after it.
    var diagnostic: Diagnostic {
        Diagnostic("AS065", "the stand is not ready: \(member): \(message)", at: location, line: line)
    }
}

extension Console {
    /// Tells why the stand did not come up.
    func complain(_ failure: StandFailure) {
        complain(failure.diagnostic.rendered(style: Style(colours: style.colours && Host.isTerminal(2))))
        guard !failure.lastLines.isEmpty else { return }
        complain("  log of \(failure.member), last lines")
        for line in failure.lastLines.suffix(20) { complain("    \(line)") }
    }
}
