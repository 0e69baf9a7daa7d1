import AssayCore

extension CallRecordingReport {
    /// `recording of c1 (4.2 s)`.
    var title: String {
        let note = note.map { ", " + $0 } ?? ""
        return "recording of \(call) (\(shortText(nanoseconds: Double(nanoseconds)))\(note))"
    }

    /// `recording of c1 (4.2 s): .assay/runs/…/calls/search-c1.wav`.
    var line: String { "\(title): \(path)" }
}
