import AssayCore
import AssayFormats
import AssayScenario

/// Factories given as texts, and a database that answers every insert with the row and a number as `id`.
struct FactoryBench {
    var set: FactorySet
    var state = FactoryState()
    var random = SeededRandom(seed: 1)

    static let stand = StandNames(parts: [
        .init(name: "db", kind: .dependency, members: ["url"], isDatabase: true),
        .init(name: "auth", kind: .double, members: ["url", "key"]),
    ])

    static let environment = TemplateEnvironment(
        nowMilliseconds: { 1_700_000_000_000 }, sha256: { $0 }, hmacSHA256: { $0 + $1 },
        readFile: { path throws(TemplateError) in throw TemplateError("AS059", path) })

    static let surroundings = FactoryBuilder.Surroundings(
        constants: ["auth": ["key": "secret"]], environment: environment)

    init(_ text: String) throws {
        set = try FactoryReader(files: FileReader(texts: ["f.yml": "assay: 1\n" + text]), stand: Self.stand)
            .read(["f.yml"]).get()
    }

    /// What a reader says of a file of factories, as a person reads it.
    static func complaints(_ text: String, stand: StandNames? = stand) -> String {
        let reader = FactoryReader(files: FileReader(texts: ["f.yml": "assay: 1\n" + text]), stand: stand)
        guard case .failure(let found) = reader.read(["f.yml"]) else { return "" }
        return found.all.map { $0.rendered() }.joined(separator: "\n")
    }

    /// What a scenario's reader says of one step.
    func complaints(ofStep step: String) -> String {
        let text = "assay: 1\nscenario: s\nsteps:\n  - \(step)\n"
        let reader = ScenarioReader(
            files: FileReader(texts: ["s.yml": text]), stand: Self.stand, factories: set)
        guard case .failure(let found) = reader.scenario("s.yml") else { return "" }
        return found.all.map { $0.rendered() }.joined(separator: "\n")
    }

    struct Made {
        var value: JSON
        var inserts: [Insert]
        /// The statements as PostgreSQL takes them.
        var statements: [String] { inserts.map { $0.statement(for: .postgres).text } }
    }

    /// Runs a step as the runner does.
    ///
    /// - Parameter names: variables of the scenario.
    mutating func run(_ step: String, names: JSON = [:]) throws -> Made {
        let names = names.objectValue ?? JSONObject()
        let variables = names.isEmpty ? "" : "vars: \(JSON.object(names).rendered())\n"
        let text = "assay: 1\nscenario: s\n\(variables)steps:\n  - \(step)\n"
        let scenario = try ScenarioReader(
            files: FileReader(texts: ["s.yml": text]), stand: Self.stand, factories: set
        ).scenario("s.yml").get()
        var strategy = FactoryBuilder.Strategy.create
        if case .factory(let action) = scenario.steps[0].action { strategy = action.strategy }
        var builder = FactoryBuilder(
            set, strategy: strategy, state: state, random: random,
            surroundings: Self.surroundings)
        switch scenario.steps[0].action {
        case .factory(let action):
            var scope = TemplateScope(
                names: names, environment: Self.environment, random: random.split(1))
            let records = try action.call.records { value, index throws(TemplateError) in
                scope.names["index"] = .int(Int64(index))
                return try value.evaluate(in: &scope)
            }
            builder.make(records)
        case .fixture(let action):
            builder.load(action.names.map(\.name), at: scenario.steps[0].location)
        default: break
        }
        var inserts: [Insert] = []
        while let insert = try builder.next() {
            inserts.append(insert)
            builder.receive(JSONObject([("id", .int(Int64(1000 + inserts.count)))]))
        }
        (state, random) = (builder.state, builder.random)
        return Made(value: builder.result, inserts: inserts)
    }
}
