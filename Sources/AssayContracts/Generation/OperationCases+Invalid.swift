import AssayFormats

extension OperationCases {
    /// Requests that the provider must refuse, each with why; those that the document accepts after all are left out.
    public func invalid() -> [ProbeCase] {
        guard options.phases.contains(.negative), let least = try? base(.least).get(), holds(least) else {
            return []
        }
        var lists: [[ProbeCase]] = [brokenBodies(least), strangeMethods(least)]
        for described in parameters where described.fixed == nil { lists.append(broken(described, least)) }
        for described in bodies { lists.append(broken(described, least)) }
        var seen: Set<RequestDraft> = []
        let proven = ValueCoverage.interleaved(lists).filter { found in
            seen.insert(found.draft).inserted && isRefused(found)
        }
        return Array(proven.prefix(options.limit))
    }

    /// Whether the document itself refuses a case.
    func isRefused(_ found: ProbeCase) -> Bool {
        if found.reason?.rule == .unknownMethod {
            let request = found.draft.request(basePath: basePath)
            return document.match(method: request.method, path: request.path) == nil
        }
        return departures(found.draft)?.isEmpty == false
    }

    private func broken(_ described: Described, _ least: RequestDraft) -> [ProbeCase] {
        let parameter = described.parameter
        var found: [ProbeCase] = []
        if parameter.isRequired, parameter.place != .path {
            var without = least
            without.drop(parameter.name, in: parameter.place)
            let isHeader = parameter.place == .header
            let noun = isHeader ? "header" : "\(parameter.place.rawValue) parameter"
            let reason = NegativeReason(
                isHeader ? .missingHeader : .missingParameter, at: described.place,
                "the \(noun) '\(parameter.name)' is left out, which is required")
            found.append(makeCase(.negative, reason.words, without, reason))
        }
        for made in described.values?.broken(isStrict: options.isStrict) ?? [] {
            guard let values = described.values, values.allows(made.value), made.value != "" else { continue }
            var draft = least
            draft.put(parameter, made.value)
            let path = made.path.dropFirst()
            let reason = NegativeReason(
                made.rule, at: described.place + (path.isEmpty ? "" : " $" + path), made.words)
            found.append(makeCase(.negative, reason.words, draft, reason))
        }
        return found
    }

    private func broken(_ described: DescribedBody, _ least: RequestDraft) -> [ProbeCase] {
        (described.values?.broken(isStrict: options.isStrict) ?? []).map { made in
            var draft = least
            draft.body = .value(made.value, mediaType: described.type, files: described.files)
            let reason = NegativeReason(
                made.rule, at: made.path == "$" ? "body" : "body \(made.path)", made.words)
            return makeCase(.negative, reason.words, draft, reason)
        }
    }

    /// Bodies that are wrong as a whole.
    private func brokenBodies(_ least: RequestDraft) -> [ProbeCase] {
        guard let body = operation.body else { return [] }
        var found: [ProbeCase] = []
        func add(_ rule: NegativeRule, _ place: String, _ words: String, _ body: RequestDraft.Body) {
            var draft = least
            draft.body = body
            found.append(makeCase(.negative, words, draft, NegativeReason(rule, at: place, words)))
        }
        if body.isRequired { add(.missingBody, "body", "the body is left out, which is required", .none) }
        let withBody = (try? base(.full).get()) ?? least
        guard case .value(let value, let type, _) = withBody.body else { return found }
        let types = body.media.map(\.type).joined(separator: ", ")
        for other in ["text/plain", "application/xml"] {
            add(
                .wrongMediaType, "header Content-Type",
                "a body of \(other) is sent where \(types) is described",
                .bytes(Array("assay".utf8), mediaType: other))
        }
        if MediaType(type)?.isJSON == true {
            let text = value.rendered()
            for (broken, what) in [
                (String(text.dropLast()), "ends too early"), (text + "}", "goes on behind its end"),
            ] {
                add(
                    .malformedJSON, "body", "the body is no JSON: it \(what)",
                    .bytes(Array(broken.utf8), mediaType: type))
            }
        }
        return found
    }

    private func strangeMethods(_ least: RequestDraft) -> [ProbeCase] {
        let path = least.request(basePath: basePath).path
        // What changes nothing in most providers comes first.
        let methods = ["PATCH", "PUT", "POST", "DELETE", "GET"]
        guard let method = methods.first(where: { document.match(method: $0, path: path) == nil }) else {
            return []
        }
        var draft = least
        draft.method = method
        if method == "GET" || method == "DELETE" { draft.body = .none }
        let words = "the method \(method) is used, which \(operation.path) does not have"
        return [makeCase(.negative, words, draft, NegativeReason(.unknownMethod, at: "method", words))]
    }
}
