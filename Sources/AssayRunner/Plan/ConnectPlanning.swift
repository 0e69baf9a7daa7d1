internal import AssayNet
internal import AssayScenario

extension Planner {
    /// How connections are opened that settings speak of; the same object for the same settings, so that they are shared.
    func connectOptions(_ settings: ConnectionSettings, _ names: NameTable) -> ConnectOptions { .standard }
}
