internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// The sounds that scenarios' calls name, with the ways of sending audio that they are needed in.
struct CallSounds: Sendable {
    private(set) var said: Set<String> = []
    private(set) var compared: Set<String> = []
    private(set) var formats: Set<AudioSocketFormat> = []

    init(_ scenarios: [Scenario]) { for scenario in scenarios { collect(scenario.steps) } }

    private mutating func collect(_ steps: [Step]) {
        for step in steps {
            switch step.action {
            case .call(let action): collect(action)
            case .repeat(let action): collect(action.steps)
            case .parallel(let action):
                collect(action.steps)
                for branch in action.branches { collect(branch) }
            case .group(let action): collect(action.steps)
            case .if(let action): collect(action.then + action.otherwise)
            case .use(let action): collect(action.scenario.steps)
            default: break
            }
            collect(step.cleanup)
        }
    }

    private mutating func collect(_ action: CallAction) {
        if case .connect(let connect) = action.wish { formats.insert(connect.format) }
        let places = action.sounds.compactMap(\.constantPlace)
        if case .response = action.wish { compared.formUnion(places) } else { said.formUnion(places) }
    }

    /// Makes them ready, so that no call waits for a file; what cannot be read is told by the step that needs it.
    func prepare(_ shelf: SoundShelf) async {
        guard !formats.isEmpty else { return }
        let sounds = self
        await Blocking.run {
            for format in sounds.formats {
                for place in sounds.said { _ = try? shelf.spoken(place, format) }
                for place in sounds.compared { _ = try? shelf.matcher(place, format) }
            }
        }
    }
}
