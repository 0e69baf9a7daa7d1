internal import AssayCore
internal import AssayFormats
internal import AssayNet

extension AdminAPI {
    /// Scenarios in the states of the tenant that the admin request itself belongs to.
    func scenarios(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        let store = stubbed?.store
        let tenant = store?.tenant(of: call.seen) ?? ""
        switch (call.method, call.path.count, call.path.last) {
        case ("GET", 1, _):
            let all = (store?.scenarios(of: tenant) ?? []).map { view -> JSON in
                [
                    "id": .string(view.name), "name": .string(view.name), "state": .string(view.state),
                    "possibleStates": .array(view.possibleStates.map { .string($0) }),
                    "mappings": .array(view.stubs.compactMap { store?[$0]?.json }),
                ]
            }
            return Self.json(["scenarios": .array(all)])
        case ("POST", 2, "reset"), ("DELETE", 1, _):
            // With a tenant's header only that tenant's, so that parallel tests leave each other alone.
            store?.resetScenarios(of: tenant.isEmpty ? nil : tenant)
            return Self.done
        case ("PUT", 3, "state"):
            try setState(of: call.path[1], call, tenant)
            return Self.done
        default: throw call.unknown
        }
    }

    private func setState(of name: String, _ call: AdminCall, _ tenant: String) throws(AdminRefusal) {
        let known = stubbed?.store.scenarios(of: tenant) ?? []
        guard let scenario = known.first(where: { $0.name == name }) else {
            let near = nearestName(to: name, among: known.map(\.name))
            throw AdminRefusal(
                404, "Scenario \(name) does not exist", detail: near.map { "did you mean '\($0)'?" })
        }
        let body = try call.body()
        // Without a state it begins again.
        let state = body["state"]?.value.stringValue ?? Stub.Scenario.started
        guard scenario.possibleStates.contains(state) else {
            throw AdminRefusal(
                422, "Scenario \(name) does not support state \(state)",
                detail: "possible: " + scenario.possibleStates.joined(separator: ", "), pointer: "/state")
        }
        stubbed?.store.setState(of: name, to: state, for: tenant)
    }

    func recordings(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        guard let recording = stubbed?.recording else {
            throw AdminRefusal(404, "No recording", detail: "this double records nothing")
        }
        switch (call.method, call.path.dropFirst().joined(separator: "/")) {
        case ("POST", "start"): return Self.json(try recording.start(try call.body().value))
        case ("POST", "stop"): return Self.json(try recording.stop())
        case ("GET", "status"): return Self.json(recording.status)
        case ("POST", "snapshot"): return Self.json(try recording.snapshot(try call.body().value))
        default: throw call.unknown
        }
    }

    func settings(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        guard let stubbed else {
            throw AdminRefusal(404, "No settings", detail: "this double has no settings for mappings")
        }
        switch (call.method, call.path.count) {
        case ("GET", 1): return Self.json(["settings": stubbed.settings.json])
        case ("POST", 1), ("PUT", 1), ("PATCH", 1):
            let body = try call.body()
            guard body.members != nil else {
                throw AdminRefusal(
                    422, "Error parsing JSON", detail: "expected an object of settings", pointer: "")
            }
            let reading = stubbed.makeReading()
            let new = StubSettings(body["settings"] ?? body, reading)
            try reading.throwIfErrors()
            stubbed.settings = new
            return Self.done
        default: throw call.unknown
        }
    }
}
