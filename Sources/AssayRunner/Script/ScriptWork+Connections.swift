internal import AssayNet
public import AssayScenario
public import AssayScript

extension ScriptHTTPSettings {
    /// Opens connections as settings say, which have no templates; what cannot be meant is told by each connection.
    ///
    /// - Parameter folder: where paths of certificates begin that are not absolute.
    public mutating func connect(as settings: HTTPSettings, folder: String) {
        var planner = Planner(constants: [:], http: settings)
        planner.projectFolder = folder
        connect = planner.connectOptions(settings, NameTable()).values
    }
}
