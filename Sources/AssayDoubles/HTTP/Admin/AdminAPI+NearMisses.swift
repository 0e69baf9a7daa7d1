internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension AdminAPI {
    /// How many near misses an answer has.
    private static let nearLimit = 3
    /// Of the journal's unmatched requests, the latest this many are explained.
    private static let unmatchedLimit = 100

    func nearMisses(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        switch (call.method, call.path) {
        case ("POST", ["near-misses", "request"]):
            let request = try request(try call.body())
            let entry = RequestJournal.Entry(request, at: clock.nowMilliseconds)
            return Self.json(["nearMisses": .array(near(entry))])
        case ("POST", ["near-misses", "request-pattern"]):
            return nearest(to: try pattern(call))
        default: throw call.unknown
        }
    }

    func unmatchedNearMisses() -> HTTPResponse {
        let entries = journal.unmatched.suffix(Self.unmatchedLimit)
        return Self.json(["nearMisses": .array(entries.flatMap { near($0, limit: 1) })])
    }

    private func near(_ entry: RequestJournal.Entry, limit: Int = nearLimit) -> [JSON] {
        guard let stubbed else { return [] }
        let request = Self.logged(entry, id: nil)
        return stubbed.store.nearMisses(of: StubRequest(entry.request), limit: limit).map { miss in
            [
                "request": request, "stubMapping": miss.stub.json,
                "matchResult": ["distance": .double(miss.comparison.distance)],
                "assay": ["text": .string(miss.sentence)],
            ]
        }
    }

    /// The journal's requests that are nearest to a pattern without being like it.
    private func nearest(to pattern: RequestPattern) -> HTTPResponse {
        let all = journal.entries.map { ($0, pattern.compare(StubRequest($0.request))) }
        let sorted = all.filter { $0.1.distance > 0 }.sorted { $0.1.distance < $1.1.distance }
        let found = sorted.prefix(Self.nearLimit).map { entry, comparison -> JSON in
            [
                "request": Self.logged(entry, id: nil), "requestPattern": pattern.json,
                "matchResult": ["distance": .double(comparison.distance)],
                "assay": ["text": .string(comparison.differences.map(\.text).joined(separator: "; "))],
            ]
        }
        return Self.json(["nearMisses": .array(found)])
    }

    /// A request as WireMock logs them, from JSON.
    private func request(_ node: MappingNode) throws(AdminRefusal) -> HTTPRequest {
        guard node.members != nil, let url = (node["url"] ?? node["absoluteUrl"])?.value.stringValue else {
            throw AdminRefusal(422, "Error parsing JSON", detail: "a request needs 'url'", pointer: "/url")
        }
        var request = HTTPRequest(method: node["method"]?.value.stringValue ?? "GET", target: url)
        for (name, value) in node["headers"]?.members ?? [] {
            for text in value.elements ?? [value] { request.headers.add(name, text.value.stringValue ?? "") }
        }
        if let cookies = node["cookies"]?.members, !cookies.isEmpty {
            request.headers.add(
                "Cookie",
                cookies.map { "\($0.name)=\($0.node.value.stringValue ?? "")" }.joined(separator: "; "))
        }
        if let text = node["bodyAsBase64"]?.value.stringValue, let bytes = Base64.decode(text) {
            request.body = bytes
        } else if let text = node["body"]?.value.stringValue {
            request.body = Array(text.utf8)
        }
        return request
    }
}
