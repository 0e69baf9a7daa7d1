public import AssayFormats
public import AssayNet
internal import AssayWire
internal import Synchronization

/// Records what is forwarded and turns it into stubs: `/__admin/recordings`.
public final class HTTPRecording: RecordingControl {
    private struct State {
        var exchanges: [RecordedExchange] = []
        var bytes = 0
        /// Exchanges that made room for others.
        var dropped = 0
        /// Set while recording.
        var specification: RecordSpecification?
        /// The stub that forwards everything while recording.
        var proxyID: String?
        var hasRecorded = false
    }

    private let state = Mutex(State())
    private let store: StubStore
    private let clock: DoubleClock
    /// The folder with `mappings` and `__files`; nothing is written without one.
    private let folder: String?
    private let capacityBytes: Int
    /// Reads recorded mappings as files are read, templates included.
    private let templating: (any ResponseTemplating)?

    /// - Parameters:
    ///   - store: gets the stubs.
    ///   - folder: gets files in `mappings` and `__files`; `nil` to keep everything in memory.
    ///   - capacityBytes: about how much memory exchanges may take; the oldest make room.
    public init(
        into store: StubStore, clock: DoubleClock, folder: String? = nil,
        templating: (any ResponseTemplating)? = nil, capacityBytes: Int = 64 << 20
    ) {
        self.store = store
        self.clock = clock
        self.folder = folder
        self.templating = templating
        self.capacityBytes = capacityBytes
    }

    public var status: JSON {
        state.withLock { state in
            let word =
                state.specification != nil ? "Recording" : state.hasRecorded ? "Stopped" : "NeverStarted"
            return ["status": .string(word)]
        }
    }

    public func start(_ specification: JSON) throws(AdminRefusal) -> JSON {
        let read = try RecordSpecification(specification, clock: clock)
        let id = store.newID()
        let begins = state.withLock { state in
            guard state.specification == nil else { return false }
            state.specification = read
            state.hasRecorded = true
            state.exchanges = []
            state.bytes = 0
            state.dropped = 0
            state.proxyID = read.targetBaseURL == nil ? nil : id
            return true
        }
        guard begins else { throw AdminRefusal(422, "Already recording", detail: "stop the recording first") }
        if let url = read.targetBaseURL {
            var response = StubResponse()
            response.proxy = ProxyTarget(baseURL: url)
            _ = store.put(
                Stub(id: id, name: "recording", request: RequestPattern(), answer: .response(response)))
        }
        return status
    }

    public func stop() throws(AdminRefusal) -> JSON {
        let (specification, exchanges, proxyID) = state.withLock { state in
            let found = (state.specification, state.exchanges, state.proxyID)
            state.specification = nil
            state.proxyID = nil
            return found
        }
        guard let specification else { throw AdminRefusal(400, "Not currently recording.") }
        if let proxyID { _ = store.remove(proxyID) }
        return try keep(exchanges, specification)
    }

    public func snapshot(_ specification: JSON) throws(AdminRefusal) -> JSON {
        let read = try RecordSpecification(specification, clock: clock)
        return try keep(state.withLock { $0.exchanges }, read)
    }

    public func forwarded(_ request: HTTPRequest, _ response: HTTPResponse, to target: ProxyTarget) {
        // There is nothing to learn from a service that did not answer.
        if ForwardedRequest.isBadGateway(response) { return }
        let exchange = RecordedExchange(request: request, response: response)
        state.withLock { state in
            state.exchanges.append(exchange)
            state.bytes += exchange.costBytes
            var gone = 0
            while state.bytes > capacityBytes, gone < state.exchanges.count - 1 {
                state.bytes -= state.exchanges[gone].costBytes
                gone += 1
            }
            state.exchanges.removeFirst(gone)
            state.dropped += gone
        }
    }

    public func reset() {
        let proxyID = state.withLock { state in
            defer { state = State() }
            return state.proxyID
        }
        if let proxyID { _ = store.remove(proxyID) }
    }

    /// Adds the stubs of a recording and writes their files.
    private func keep(
        _ exchanges: [RecordedExchange], _ specification: RecordSpecification
    ) throws(AdminRefusal) -> JSON {
        let writes = specification.persists && folder != nil
        let mappings = HTTPRecorder(specification, hasFolder: writes).mappings(of: exchanges)
        if writes, let folder {
            do {
                try RecordedFiles(folder: folder).write(mappings)
            } catch {
                throw AdminRefusal(500, "The recording cannot be written", detail: "\(error)")
            }
        }
        for mapping in mappings {
            let reading = MappingReading(clock: clock, templating: templating)
            guard let stub = reading.stub(MappingNode(.object(mapping.json)), makeID: store.newID) else {
                let problems = reading.errors.map {
                    AdminRefusal.Problem($0.message, detail: "mapping '\(mapping.name)'", pointer: $0.pointer)
                }
                throw AdminRefusal(422, problems)
            }
            guard store.put(stub) else { throw AdminRefusal(422, "There are too many stubs") }
        }
        var answer: JSONObject =
            specification.answersIDs
            ? ["ids": .array(mappings.compactMap { $0.json["id"] })]
            : ["mappings": .array(mappings.map { .object($0.json) })]
        let dropped = state.withLock { $0.dropped }
        if dropped > 0 { answer["dropped"] = .int(Int64(dropped)) }
        return .object(answer)
    }
}

/// Writes recorded mappings into a folder that can be loaded again.
struct RecordedFiles {
    let folder: String

    /// A file of the same name that holds another mapping stays; the new one gets a number.
    func write(_ mappings: [RecordedMapping]) throws(SystemError) {
        try Files.makeFolder(folder + "/mappings")
        for mapping in mappings {
            if let file = mapping.file {
                try Files.makeFolder(folder + "/__files")
                try Files.write(file.bytes, to: "\(folder)/__files/\(file.name)")
            }
            let text = JSON.object(mapping.json).rendered(pretty: true) + "\n"
            try Files.write(Array(text.utf8), to: place(of: mapping))
        }
    }

    private func place(of mapping: RecordedMapping) -> String {
        var number = 1
        while true {
            let path = "\(folder)/mappings/\(mapping.name)\(number == 1 ? "" : "_\(number)").json"
            guard let bytes = try? Files.read(path, limitBytes: 16 << 20) else { return path }
            if let before = try? JSON(parsing: bytes), before["id"] == mapping.json["id"] { return path }
            number += 1
        }
    }
}
