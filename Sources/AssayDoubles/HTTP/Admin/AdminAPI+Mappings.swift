internal import AssayFormats
internal import AssayNet

extension AdminAPI {
    func mappings(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        guard let stubbed else { return try mappingsOfNone(call) }
        let store = stubbed.store
        switch (call.method, call.path.dropFirst().first) {
        case ("GET", nil): return try list(store.newestFirst, call)
        case ("POST", nil):
            let reading = stubbed.makeReading()
            guard let stub = reading.stub(try call.body(), makeID: store.newID) else {
                try reading.throwIfErrors()
                throw AdminRefusal(422, "Error parsing JSON")
            }
            try put(stub, into: store)
            return Self.json(stub.json, status: 201)
        case ("DELETE", nil):
            store.removeAll()
            return Self.done
        case ("POST", "reset"):
            store.reset()
            return Self.done
        case ("POST", "save"):
            try save(stubbed)
            return Self.done
        case ("POST", "import"): return try importing(call, stubbed)
        case ("POST", "find-by-metadata"):
            return try list(try withMetadata(call, stubbed).map { $0 }, call)
        case ("POST", "remove-by-metadata"):
            let found = try withMetadata(call, stubbed)
            for stub in found { store.remove(stub.id) }
            return Self.json(Self.listing(found, total: found.count))
        case ("POST", "remove"): return try removing(call, stubbed)
        case ("GET", "unmatched"): return try list(unused(store), call)
        case ("DELETE", "unmatched"):
            for stub in unused(store) { store.remove(stub.id) }
            return Self.done
        case (_, let id?) where call.path.count == 2: return try mapping(id, call, stubbed)
        default: throw call.unknown
        }
    }

    /// A double without stubs has none to show and takes none.
    private func mappingsOfNone(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        switch (call.method, call.path.count) {
        case ("GET", 1): return Self.json(Self.listing([], total: 0))
        case ("POST", 2) where call.path[1] == "reset":
            service.reset()
            return Self.done
        default:
            throw AdminRefusal(
                404, "No mappings", detail: "this double is not made of mappings: \(service.detail)")
        }
    }

    private func mapping(
        _ id: String, _ call: AdminCall, _ stubbed: any StubbedService
    ) throws(AdminRefusal) -> HTTPResponse {
        let store = stubbed.store
        guard ["GET", "PUT", "DELETE"].contains(call.method) else { throw call.unknown }
        guard let old = store[id] else {
            throw AdminRefusal(404, "Not found", detail: "there is no mapping with the id '\(id)'")
        }
        switch call.method {
        case "PUT":
            let body = try call.body()
            guard case .object(var members) = body.value else {
                throw AdminRefusal(422, "Error parsing JSON", detail: "expected a stub mapping", pointer: "")
            }
            // The path says which one it is.
            members["id"] = .string(old.id)
            members["uuid"] = nil
            let reading = stubbed.makeReading()
            guard let stub = reading.stub(MappingNode(.object(members)), makeID: store.newID) else {
                try reading.throwIfErrors()
                throw AdminRefusal(422, "Error parsing JSON")
            }
            try put(stub, into: store)
            return Self.json(stub.json)
        case "DELETE":
            store.remove(id)
            return Self.done
        default: return Self.json(old.json)
        }
    }

    private func put(_ stub: Stub, into store: StubStore) throws(AdminRefusal) {
        guard store.put(stub) else {
            throw AdminRefusal(422, "Too many mappings", detail: "a double has at most \(StubStore.limit)")
        }
    }

    private func list(_ stubs: [Stub], _ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        let offset = try call.number("offset") ?? 0
        let limit = try call.number("limit") ?? stubs.count
        return Self.json(Self.listing(stubs.dropFirst(offset).prefix(limit), total: stubs.count))
    }

    private static func listing(_ stubs: some Sequence<Stub>, total: Int) -> JSON {
        ["mappings": .array(stubs.map(\.json)), "meta": ["total": .int(Int64(total))]]
    }

    // MARK: Several

    private func importing(_ call: AdminCall, _ stubbed: any StubbedService) throws(AdminRefusal)
        -> HTTPResponse
    {
        let body = try call.body()
        let reading = stubbed.makeReading()
        let stubs = reading.stubs(body, makeID: stubbed.store.newID)
        let options = body["importOptions"]
        let keepsOld = options?["duplicatePolicy"].flatMap { reading.text($0) } == "IGNORE"
        let removesOthers = options?["deleteAllNotInImport"].flatMap { reading.flag($0) } ?? false
        try reading.throwIfErrors()
        if removesOthers {
            let names = Set(stubs.map(\.id))
            for old in stubbed.store.stubs where !names.contains(old.id) { stubbed.store.remove(old.id) }
        }
        // The first of the list wins among equals, as in one file.
        for stub in stubs.reversed() where !(keepsOld && stubbed.store[stub.id] != nil) {
            try put(stub, into: stubbed.store)
        }
        return Self.done
    }

    /// The stubs whose metadata, as JSON text, the matcher of the body is right about.
    private func withMetadata(_ call: AdminCall, _ stubbed: any StubbedService) throws(AdminRefusal) -> [Stub]
    {
        let reading = stubbed.makeReading()
        let matcher = reading.matcher(try call.body())
        try reading.throwIfErrors()
        guard let matcher else { return [] }
        return stubbed.store.newestFirst.filter { stub in
            guard let metadata = stub.metadata else { return false }
            return matcher.matches(.text(JSON.object(metadata).rendered()))
        }
    }

    /// The mapping with the body's id, or those with the same request.
    private func removing(_ call: AdminCall, _ stubbed: any StubbedService) throws(AdminRefusal)
        -> HTTPResponse
    {
        let body = try call.body()
        if let id = (body["id"] ?? body["uuid"])?.value.stringValue {
            stubbed.store.remove(id)
        } else if let request = body["request"]?.value {
            for stub in stubbed.store.stubs where stub.json["request"] == request {
                stubbed.store.remove(stub.id)
            }
        }
        return Self.done
    }

    /// Stubs that answered none of the journal's requests.
    private func unused(_ store: StubStore) -> [Stub] {
        let used = Set(journal.entries.compactMap(\.stubID))
        return store.newestFirst.filter { !used.contains($0.id) }
    }

    // MARK: Files

    /// Writes every stub to a file of its own in the folder's `mappings`, those from files left alone.
    private func save(_ stubbed: any StubbedService) throws(AdminRefusal) {
        guard let folder = stubbed.folder else {
            throw AdminRefusal(422, "Nowhere to save", detail: "this double has no folder of mappings")
        }
        do {
            try Files.makeFolder(folder + "/mappings")
            for stub in stubbed.store.stubs where stub.origin == nil && stub.persistent != false {
                let text = stub.json.rendered(pretty: true) + "\n"
                let name = Self.fileName(of: stub)
                try Files.write(Array(text.utf8), to: "\(folder)/mappings/\(name)")
            }
        } catch {
            throw AdminRefusal(500, "Not saved", detail: "\(error)")
        }
    }

    /// `create-charge-76ada7b0-….json`: letters and digits of its name, and its id.
    static func fileName(of stub: Stub) -> String {
        let words = stub.shown.lowercased().utf8.split { byte in
            !(byte &- 0x30 <= 9 || byte &- 0x61 < 26)
        }
        let name = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-").prefix(60)
        return (name.isEmpty ? "" : name + "-") + stub.id + ".json"
    }
}
