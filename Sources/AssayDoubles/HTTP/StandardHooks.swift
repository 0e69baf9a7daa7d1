internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// What stubs use to make templates, to forward and to record.
enum StandardHooks {
    static func templating(_ start: inout DoubleStart) -> (any ResponseTemplating)? {
        let clock = start.clock
        let environment = HandlebarsEnvironment(hostname: "localhost") { clock.nowMilliseconds }
        return HandlebarsResponses(environment, random: start.scope.random.split(3))
    }

    /// For reading only: what is wrong with templates is found, nothing is rendered.
    static var readingOnly: any ResponseTemplating {
        HandlebarsResponses(
            HandlebarsEnvironment(hostname: "localhost") { 0 }, random: .init(seed: 0))
    }

    static func forwarding(_ start: inout DoubleStart) -> (any Forwarding)? {
        HTTPForwarder(on: start.reactor)
    }

    static func recording(
        _ start: inout DoubleStart, store: StubStore, templating: (any ResponseTemplating)?, folder: String?
    ) -> (any RecordingControl)? {
        HTTPRecording(into: store, clock: start.clock, folder: folder, templating: templating)
    }
}
