internal import AssayAudio
internal import AssayCore
internal import AssayNet
internal import AssayWire

/// What a caller heard, in words for people: what failures and reports say.
extension CallSession {
    /// What came instead of what was awaited.
    func told(at now: Int64) -> String {
        var parts: [String] = []
        if let end { parts.append("\(end.toldEnd) \(ago(end.at, now))") }
        if let finding { parts.append("Asterisk would have ended the call: \(finding)") }
        parts.append(heardText(at: now))
        parts += heardWrongly
        if end == nil, finding == nil { parts.append("the call is up") }
        if let recordingPath, recording?.isEmpty == false { parts.append("recording: \(recordingPath)") }
        return parts.joined(separator: "; ")
    }

    /// What a caller behind Asterisk would not have heard as it was meant: a burst, another rate than the type says.
    var heardWrongly: [String] {
        (judge?.findings ?? []).filter { $0.severity == .heardWrongly }
            .map { "behind Asterisk it would be heard wrongly: \($0.text)" }
    }

    private func heardText(at now: Int64) -> String {
        guard let last = ear.lastFrameAt else { return "no audio ever came" }
        let all = length(ear.sampleCount)
        var text = "in all it heard \(all) of audio, "
        if let utterance {
            text += "\(length(ear.voicedSamples)) of it voice in \(utterance.number) "
            text += utterance.number == 1 ? "utterance" : "utterances"
            if let until = ledger.botVoicedUntil {
                text += until > now ? ", and still does" : ", the last until \(ago(until, now))"
            }
        } else {
            text += "and no voice in it"
        }
        return text + ", the last frame \(ago(last, now))"
    }

    private func length(_ samples: Int) -> String {
        shortText(nanoseconds: Double(samples) * 1e9 / Double(format.rate))
    }

    private func ago(_ time: Int64, _ now: Int64) -> String {
        shortText(nanoseconds: Double(max(0, now - time))) + " ago"
    }
}

extension AudioSocketEnd {
    /// `the other side closed the connection (fin)`.
    var toldEnd: String {
        switch kind {
        case .fin: "the other side closed the connection (fin)"
        case .hangup: "the other side hung up (00)"
        case .reset: "the other side reset the connection (rst)"
        case .midFrame: "the other side closed within a message (mid-frame)"
        case .errorFrame: "the other side sent an error message (ff)"
        case .local: "this side \(detail)"
        default: detail
        }
    }
}
