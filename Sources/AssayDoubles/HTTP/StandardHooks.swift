internal import AssayNet

/// What stubs of a running double use to make templates, to forward and to record.
enum StandardHooks {
    static func templating(_ start: inout DoubleStart) -> (any ResponseTemplating)? { nil }

    static func forwarding(_ start: inout DoubleStart) -> (any Forwarding)? { nil }

    static func recording(
        _ start: inout DoubleStart, store: StubStore, forwarding: (any Forwarding)?, folder: String?
    ) -> (any RecordingControl)? { nil }
}
