internal import AssayFormats
internal import AssayNet

extension ServerRecipe {
    /// NATS, with JetStream when asked for.
    static let nats = ServerRecipe(
        keyword: "nats", title: "NATS", program: "nats-server", package: "nats-server",
        switches: ["jetstream"]
    ) { place in
        var words = ["--addr", "127.0.0.1", "--port", "\(place.port)"]
        if place.spec.settings.contains(where: { $0.name == "jetstream" }) {
            words += ["--jetstream", "--store_dir", "\(place.folder)/jetstream"]
        }
        return words
    } probe: { place, reactor, deadline, scope in
        await Probe.tcp(
            port: place.port, expecting: "INFO ", on: reactor, until: deadline, in: scope)
    } binding: { place in
        place.binding(scheme: "nats")
    }
}
