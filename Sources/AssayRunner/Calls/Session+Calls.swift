internal import AssayAudio
internal import AssayCore
internal import AssayNet
internal import AssayScenario

extension Session {
    /// Ends the calls of the pass: hangs up those that are up as a caller does, counts them, keeps what was recorded.
    ///
    /// - Parameter failed: the pass failed, whatever its calls did.
    func endCalls(failed: Bool) async {
        endStreams()
        let all = calls
        calls = []
        for call in all where call.isUp {
            if scope.isCancelled, meter != nil || call.link?.isHangingUp == true {
                call.link?.cancel()
            } else {
                call.link?.hangUp(.fin, replyWithin: .seconds(1))
            }
        }
        // Where one call is to blame, the others of the pass have not failed with it.
        let isBlamed = callRefused || all.contains(where: \.hasFailed)
        for call in all {
            while call.isUp { _ = await call.changed.wait() }
            // What was cut off with the run says nothing.
            if !scope.isCancelled { count(call, failed: call.hasFailed || failed && !isBlamed) }
            await keep(call, failed: failed || call.hasFailed)
        }
    }

    private func count(_ call: CallSession, failed: Bool) {
        guard let meter, let row = call.row else { return }
        let rest = call.takeRest()
        for measurement in rest { meter.call(measurement, call.waiters[measurement.kind] ?? row) }
        meter.callEnded(row, failed: failed, kinds: Set(rest.map(\.kind)))
    }

    private func keep(_ call: CallSession, failed: Bool) async {
        guard let shelf = context.recordings, let path = call.recordingPath else { return }
        let isWanted =
            switch shelf.policy {
            case .always: true
            case .failed: failed || call.plan.keepsRecording == true
            case .never: false
            }
        guard let recording = call.recorder?.finish(), isWanted, call.plan.keepsRecording != false,
            !recording.isEmpty, shelf.mayWrite()
        else { return shelf.giveBack(path) }
        let folder = shelf.folder
        let problem = await Blocking.run { () -> String? in
            do {
                try Files.makeFolder(folder)
                try Files.write(recording.wav(), to: path)
                return nil
            } catch {
                return "\(error)"
            }
        }
        let cut =
            recording.isCut ? "only the first \(shortText(nanoseconds: Double(recording.nanoseconds)))" : nil
        recordings.append(
            CallRecordingReport(
                call: call.name, path: path, nanoseconds: recording.nanoseconds,
                note: problem.map { "it could not be written: \($0)" } ?? cut))
    }
}
