internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// What stubs use to make templates, to forward and to record.
enum StandardHooks {
    static func templating(_ start: inout DoubleStart, isGlobal: Bool) -> (any ResponseTemplating)? {
        let clock = start.clock
        var environment = HandlebarsEnvironment(hostname: Host.name) { clock.nowMilliseconds }
        // The names that WireMock lets templates read unless it is told otherwise.
        environment.systemValue = { name in
            guard name.lowercased().hasPrefix("wiremock") else { return .refused }
            return Host.environment(name).map { .value($0) } ?? .unset
        }
        return HandlebarsResponses(environment, random: start.scope.random.split(3), isGlobal: isGlobal)
    }

    /// For reading only: what is wrong with templates is found, nothing is rendered.
    static var readingOnly: any ResponseTemplating {
        HandlebarsResponses(
            HandlebarsEnvironment(hostname: "localhost") { 0 }, random: SeededRandom(seed: 0))
    }

    static func forwarding(_ start: inout DoubleStart) -> (any Forwarding)? { HTTPForwarder(on: start.reactor) }

    static func recording(
        _ start: inout DoubleStart, store: StubStore, templating: (any ResponseTemplating)?, folder: String?
    ) -> (any RecordingControl)? {
        HTTPRecording(into: store, clock: start.clock, folder: folder, templating: templating)
    }
}
