internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// A known server that runs: see ``ServerRecipe``.
final class ServerDependency: Dependency {
    let name: String
    let binding: JSONObject
    let detail: String
    private(set) var program: Program?
    private let spec: ServerSpec
    private let reactor: Reactor
    private let location: SourceLocation

    private init(
        _ name: String, _ location: SourceLocation, _ spec: ServerSpec, _ program: Program,
        _ binding: JSONObject, on reactor: Reactor
    ) {
        self.name = name
        self.location = location
        self.spec = spec
        self.reactor = reactor
        self.program = program
        self.binding = binding
        detail = spec.recipe.title
    }

    /// - Parameter path: of the installed program.
    static func start(
        _ name: String, _ location: SourceLocation, _ spec: ServerSpec, path: String, in stand: Stand,
        _ scope: CancelScope
    ) async throws(StandFailure) -> ServerDependency {
        let recipe = spec.recipe
        let reactor = stand.reactor
        var place = ServerPlace(
            spec: spec, folder: "\(stand.folder)/\(name)", ports: [],
            projectFolder: stand.surroundings.projectFolder)
        let program = try await stand.start(
            name, ports: 1 + recipe.morePorts, fixed: spec.port, at: location, scope
        ) { ports throws(StandFailure) in
            place.ports = ports
            let here = place
            let words: [String]
            do {
                try Files.makeFolder(here.folder)
                words = try recipe.arguments(here)
            } catch {
                throw StandFailure(member: name, message: "\(error)", location: location)
            }
            return Launch(
                name: name, location: location, title: "\(recipe.keyword) '\(name)'", command: [path] + words,
                folder: here.folder, stopWithin: .seconds(2), readyWithin: .seconds(10)
            ) { deadline, scope throws(StandFailure) in await recipe.probe(here, reactor, deadline, scope) }
        }
        return ServerDependency(name, location, spec, program, recipe.binding(place), on: reactor)
    }

    var isOwnPerScenario: Bool { spec.recipe.isOwnPerScenario }

    func own(in stand: Stand, _ scope: CancelScope) async throws(StandFailure) -> (any Dependency)? {
        guard isOwnPerScenario, let path = program?.launch.command.first else { return nil }
        var free = spec
        free.port = nil
        return try await Self.start(name, location, free, path: path, in: stand, scope)
    }

    func reset() async -> String? { await spec.recipe.empty?(binding, reactor) }

    func stop() async { await program?.stop() }
}
