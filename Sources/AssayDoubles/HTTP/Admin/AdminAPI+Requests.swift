internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension AdminAPI {
    func requests(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        switch (call.method, call.path.dropFirst().joined(separator: "/")) {
        case ("GET", ""): return try list(call)
        case ("DELETE", ""), ("POST", "reset"):
            journal.clear()
            return Self.done
        case ("POST", "count"):
            let pattern = try pattern(call)
            return Self.json(
                ["count": .int(Int64(journal.count(of: pattern))), "requestJournalDisabled": false])
        case ("POST", "find"): return found(journal.find(try pattern(call)))
        case ("POST", "remove"):
            let pattern = try pattern(call)
            let removed = journal.remove { pattern.matches(StubRequest($0.request)) }
            return Self.json(["serveEvents": .array(removed.map { event($0) })])
        case ("POST", "remove-by-metadata"):
            let meant = try stubsWithMetadata(call)
            let removed = journal.remove { $0.stubID.map(meant.contains) ?? false }
            return Self.json(["serveEvents": .array(removed.map { event($0) })])
        case ("GET", "unmatched"): return found(journal.unmatched)
        case ("GET", "unmatched/near-misses"): return unmatchedNearMisses()
        case ("GET", let id) where call.path.count == 2:
            guard let entry = journal[id] else { throw Self.noRequest(id) }
            return Self.json(event(entry))
        case ("DELETE", let id) where call.path.count == 2:
            // One that is gone already is what was asked for.
            guard let entry = journal[id] else { return Self.done }
            journal.remove { $0.number == entry.number }
            return Self.done
        default: throw call.unknown
        }
    }

    private static func noRequest(_ id: String) -> AdminRefusal {
        AdminRefusal(404, "Not found", detail: "the journal has no request '\(id)', or no longer")
    }

    /// What a request is asked for by.
    func pattern(_ call: AdminCall) throws(AdminRefusal) -> RequestPattern {
        let reading = stubbed?.makeReading() ?? MappingReading(clock: clock)
        let pattern = reading.requestPattern(try call.body())
        try reading.throwIfErrors()
        return pattern ?? RequestPattern()
    }

    private func stubsWithMetadata(_ call: AdminCall) throws(AdminRefusal) -> Set<String> {
        guard let stubbed else { return [] }
        let reading = stubbed.makeReading()
        let matcher = reading.matcher(try call.body())
        try reading.throwIfErrors()
        return Set(
            stubbed.store.stubs.compactMap { stub in
                guard let metadata = stub.metadata, let matcher,
                    matcher.matches(.text(JSON.object(metadata).rendered()))
                else { return nil }
                return stub.id
            })
    }

    /// Newest first; `limit`, `since`, `unmatched` and `matchingStub` choose.
    private func list(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        var entries = journal.entries
        let total = entries.count
        if let since = call.parameter("since") {
            guard let moment = milliseconds(ofDate: since) else {
                throw AdminRefusal(
                    422, "Not a date", detail: "'since' is a date like 2026-01-31T09:30:00Z, found '\(since)'"
                )
            }
            entries.removeAll { $0.milliseconds < moment }
        }
        if call.parameter("unmatched") == "true" { entries.removeAll(where: \.isMatched) }
        if let id = call.parameter("matchingStub") { entries.removeAll { $0.stubID != id.lowercased() } }
        entries.reverse()
        let limit = try call.number("limit") ?? entries.count
        return Self.json([
            "requests": .array(entries.prefix(limit).map { event($0) }),
            "meta": ["total": .int(Int64(total))],
            "requestJournalDisabled": false,
        ])
    }

    private func found(_ entries: [RequestJournal.Entry]) -> HTTPResponse {
        Self.json([
            "requests": .array(entries.map { Self.logged($0, id: journal.id(of: $0)) }),
            "requestJournalDisabled": false,
        ])
    }

    // MARK: As JSON

    /// A request with its answer, as WireMock's serve events are.
    func event(_ entry: RequestJournal.Entry) -> JSON {
        let id = journal.id(of: entry)
        let microseconds = Int64(entry.nanoseconds / 1000)
        var response = JSONObject([
            ("status", .int(Int64(entry.status))), ("headers", entry.responseHeaders.json),
        ])
        Self.add(entry.responseBody, to: &response)
        var definition = JSONObject([("status", .int(Int64(entry.status)))])
        if !entry.responseHeaders.fields.isEmpty { definition["headers"] = entry.responseHeaders.json }
        if let body = response["body"], entry.responseBodyBytes > 0 { definition["body"] = body }
        if entry.isMatched { definition["fromConfiguredStub"] = .bool(entry.stubID != nil) }
        let milliseconds: JSON = .int(microseconds / 1000)
        var object = JSONObject()
        object["id"] = .string(id)
        object["request"] = Self.logged(entry, id: nil)
        object["responseDefinition"] = .object(definition)
        object["response"] = .object(response)
        object["wasMatched"] = .bool(entry.isMatched)
        object["timing"] = [
            "addedDelay": 0, "processTime": milliseconds, "serveTime": milliseconds,
            "totalTime": milliseconds,
        ]
        object["subEvents"] = []
        if let stub = entry.stubID.flatMap({ stubbed?.store[$0] }) { object["stubMapping"] = stub.json }
        object["assay"] = own(entry, microseconds: microseconds)
        return .object(object)
    }

    /// What WireMock's form has no place for.
    private func own(_ entry: RequestJournal.Entry, microseconds: Int64) -> JSON {
        var object = JSONObject([
            ("number", .int(Int64(entry.number))), ("microseconds", .int(microseconds)),
            ("bodyBytes", .int(Int64(entry.bodyBytes))),
            ("responseBodyBytes", .int(Int64(entry.responseBodyBytes))),
        ])
        if let name = entry.stubName { object["route"] = .string(name) }
        if let nearest = entry.nearest { object["nearest"] = .string(nearest) }
        if entry.isForwarded { object["forwarded"] = true }
        return .object(object)
    }

    /// A request as WireMock logs it.
    static func logged(_ entry: RequestJournal.Entry, id: String?) -> JSON {
        let seen = StubRequest(entry.request)
        let host = entry.request.headers["Host"] ?? "localhost"
        var object = JSONObject()
        if let id { object["id"] = .string(id) }
        object["url"] = .string(seen.url)
        object["absoluteUrl"] = .string("\(seen.scheme)://\(host)\(seen.url)")
        object["method"] = .string(entry.request.method)
        object["clientIp"] = "127.0.0.1"
        object["headers"] = entry.request.headers.json
        object["cookies"] = .object(JSONObject(seen.cookies.map { ($0.name, .string($0.value)) }))
        object["browserProxyRequest"] = false
        object["loggedDate"] = .int(entry.milliseconds)
        add(entry.request.body, to: &object)
        object["scheme"] = .string(seen.scheme)
        object["host"] = .string(seen.authority.host)
        object["port"] = .int(Int64(seen.port))
        object["loggedDateString"] = .string(CivilTime(milliseconds: entry.milliseconds).text)
        object["queryParams"] = parameters(seen.query)
        object["formParams"] = parameters(seen.form)
        return .object(object)
    }

    private static func parameters(_ pairs: [(name: String, value: String)]) -> JSON {
        var object = JSONObject()
        for (name, value) in pairs {
            let values = (object[name]?["values"]?.arrayValue ?? []) + [.string(value)]
            object[name] = ["key": .string(name), "values": .array(values)]
        }
        return .object(object)
    }

    /// Text where it is text, and always Base64.
    private static func add(_ body: [UInt8], to object: inout JSONObject) {
        object["bodyAsBase64"] = .string(Base64.standard.encode(body))
        object["body"] = .string(String(validating: body, as: UTF8.self) ?? "")
    }
}

/// Milliseconds since 1970 of a date like `2026-01-31T09:30:00.250+01:00`; UTC where no offset is said.
func milliseconds(ofDate text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
        guard range.upperBound <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[range] {
            guard byte &- 0x30 <= 9 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = number(0..<4),
        let month = number(5..<7), let day = number(8..<10), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // Days since 1970 by years that begin in March.
    let y = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
    var seconds = days * 86400
    guard bytes.count > 10 else { return seconds * 1000 }
    guard bytes[10] | 0x20 == 0x74 || bytes[10] == 0x20, bytes.count >= 16, bytes[13] == 0x3A,
        let hour = number(11..<13), let minute = number(14..<16), hour < 24, minute < 60
    else { return nil }
    seconds += hour * 3600 + minute * 60
    var place = 16
    var fraction: Int64 = 0
    if place < bytes.count, bytes[place] == 0x3A {
        guard let second = number(17..<19), second <= 60 else { return nil }
        seconds += second
        place = 19
        if place < bytes.count, bytes[place] == 0x2E {
            let digits = bytes[(place + 1)...].prefix { $0 &- 0x30 <= 9 }
            for (index, digit) in digits.prefix(3).enumerated() {
                fraction += Int64(digit - 0x30) * [100, 10, 1][index]
            }
            place = digits.endIndex
        }
    }
    switch bytes[place...].first {
    case nil, 0x5A, 0x7A: break
    // In a query, a plus that was not encoded is a space.
    case 0x2B?, 0x2D?, 0x20?:
        guard let hours = number((place + 1)..<(place + 3)) else { return nil }
        let minutesStart = place + (bytes.count > place + 3 && bytes[place + 3] == 0x3A ? 4 : 3)
        let minutes = number(minutesStart..<(minutesStart + 2)) ?? 0
        let offset = hours * 3600 + minutes * 60
        seconds -= bytes[place] == 0x2D ? -offset : offset
    default: return nil
    }
    return seconds * 1000 + fraction
}
