internal import AssayFormats
internal import AssayNet

extension ServerRecipe {
    /// Prometheus with the user's configuration, or one that scrapes nothing.
    static let prometheus = ServerRecipe(
        keyword: "prometheus", title: "Prometheus", program: "prometheus", package: "prometheus",
        takesConfigurationFile: true
    ) { place in
        var configuration = "\(place.folder)/prometheus.yml"
        if let own = place.spec.configuration {
            configuration = own.hasPrefix("/") ? own : "\(place.projectFolder)/\(own)"
        } else {
            try Files.write(Array("global: {scrape_interval: 1s}\n".utf8), to: configuration)
        }
        return [
            "--config.file=\(configuration)", "--storage.tsdb.path=\(place.folder)/data",
            "--web.listen-address=127.0.0.1:\(place.port)", "--web.enable-lifecycle",
            "--log.level=warn",
        ]
    } probe: { place, reactor, deadline, scope in
        await Probe.http("/-/ready", port: place.port, on: reactor, until: deadline, in: scope)
    } binding: { place in
        place.binding(scheme: "http")
    }

    /// What batch jobs push their metrics to.
    static let pushgateway = ServerRecipe(
        keyword: "pushgateway", title: "Prometheus Pushgateway", program: "prometheus-pushgateway",
        package: "prometheus-pushgateway"
    ) { place in
        ["--web.listen-address=127.0.0.1:\(place.port)", "--log.level=warn"]
    } probe: { place, reactor, deadline, scope in
        await Probe.http("/-/ready", port: place.port, on: reactor, until: deadline, in: scope)
    } binding: { place in
        place.binding(scheme: "http")
    }
}
