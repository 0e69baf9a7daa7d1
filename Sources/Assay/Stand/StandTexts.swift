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

extension Console {
    /// Tells why the stand did not come up.
    func complain(_ failure: StandFailure) {
        let diagnostic = Diagnostic(
            "AS065", "the stand is not ready: \(failure.member): \(failure.message)", at: failure.location,
            line: failure.line)
        complain(diagnostic.rendered(style: Style(colours: style.colours && Host.isTerminal(2))))
        guard !failure.lastLines.isEmpty else { return }
        complain("  log of \(failure.member), last lines")
        for line in failure.lastLines.suffix(20) { complain("    \(line)") }
    }
}
