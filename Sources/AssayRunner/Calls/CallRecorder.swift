/// Keeps a call's audio as long as the run has room for it.
final class CallRecorder {
    private var recording: CallRecording
    private let shelf: RecordingShelf

    init(startedAt: Int64, rate: Int, for shelf: RecordingShelf) {
        recording = CallRecording(startedAt: startedAt, rate: rate, longest: RecordingShelf.longest)
        self.shelf = shelf
    }

    var isEmpty: Bool { recording.isEmpty }

    func said(_ samples: ArraySlice<Int16>, at time: Int64) { keep { $0.said(samples, at: time) } }
    func heard(_ samples: ArraySlice<Int16>, at time: Int64) { keep { $0.heard(samples, at: time) } }

    private func keep(_ body: (inout CallRecording) -> Void) {
        let before = recording.size
        body(&recording)
        if recording.size > before, !shelf.take(recording.size - before) { recording.stop() }
    }

    /// Hands the recording over; the room that it took is free again.
    func finish() -> CallRecording {
        shelf.release(recording.size)
        return recording
    }
}
