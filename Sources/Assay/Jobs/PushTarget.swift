internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Where a load run's metrics are pushed to: a Pushgateway's address, before anything runs.
struct PushSpec: Sendable {
    /// May name parts of the stand: `${push.url}`.
    var url: Template
    var every = Duration.seconds(5)
    /// Labels of the group beside job, project, profile and instance.
    var labels: [(name: String, value: String)] = []
}

/// A Pushgateway and the group of a run in it.
struct PushTarget: Sendable {
    /// As messages show it, without a password.
    let shown: String
    let origin: HTTPOrigin
    let path: String
    let authorization: String?
    let every: Duration

    /// - Throws: AS408 for what is no address of a Pushgateway.
    init(_ text: String, _ spec: PushSpec, header: RunHeader, at location: SourceLocation?) throws(Diagnostic)
    {
        func fault(_ why: String) -> Diagnostic {
            Diagnostic(
                "AS408", "the Pushgateway's address cannot be used: \(why)", at: location,
                fix: "write it like http://127.0.0.1:9091")
        }
        let parts: URLParts
        do throws(URLError) {
            parts = try URLParts(parsing: text.contains("://") ? text : "http://" + text)
        } catch {
            throw fault("\(error)")
        }
        guard !parts.target.contains("?") else { throw fault("it has a query") }
        origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
        var base = parts.target
        while base.hasSuffix("/") { base.removeLast() }
        let labels =
            [("project", header.project), ("profile", header.name), ("instance", header.host.name)]
            + spec.labels.map { ($0.name, $0.value) }
        path = base + "/metrics/job/assay" + labels.map { "/\(Self.segment($0.0, $0.1))" }.joined()
        shown = origin.description + base
        authorization = parts.userInfo.map { "Basic " + Base64.standard.encode(Array($0.utf8)) }
        every = spec.every
    }

    /// One label of the group. Values that a path cannot hold as they are go in base64, as the Pushgateway reads them.
    static func segment(_ name: String, _ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "-._~".unicodeScalars.contains(scalar)
            }
        if isPlain, value != ".", value != ".." { return "\(name)/\(value)" }
        return "\(name)@base64/" + (value.isEmpty ? "=" : Base64.url.encode(Array(value.utf8)))
    }
}
