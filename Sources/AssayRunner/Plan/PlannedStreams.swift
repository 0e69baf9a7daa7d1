internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// A step of a stream of events made ready.
///
/// A class, so that running a step copies one reference and not the whole plan.
final class PlannedSSE: Sendable {
    let action: SSEAction
    /// What a step that opens one asks for.
    let request: PlannedHTTP?
    /// What an event must be; not counted as checks, because most events are passed over.
    let filter: [Check]

    init(action: SSEAction, request: PlannedHTTP?, filter: [Check]) {
        self.action = action
        self.request = request
        self.filter = filter
    }
}

/// A step of a plain TCP connection made ready.
final class PlannedTCP: Sendable {
    let action: TCPAction
    /// How a connection is opened.
    let connect: ConnectOptions
    /// What is sent, when nothing in it is computed.
    let payload: [UInt8]?
    /// A check looks at the bytes in hexadecimal digits.
    let wantsHex: Bool

    init(action: TCPAction, connect: ConnectOptions, payload: [UInt8]?, wantsHex: Bool) {
        self.action = action
        self.connect = connect
        self.payload = payload
        self.wantsHex = wantsHex
    }
}

extension Planner {
    func plan(_ action: SSEAction, _ names: NameTable) -> PlannedSSE {
        switch action.wish {
        case .open(let opening):
            PlannedSSE(action: action, request: plan(opening.request, names), filter: [])
        case .receive(let filter, _), .listen(let filter, _):
            PlannedSSE(action: action, request: nil, filter: filter.checks.map { fold($0, names) })
        case .ended, .close: PlannedSSE(action: action, request: nil, filter: [])
        }
    }

    func plan(_ action: TCPAction, _ checks: [Check], _ names: NameTable) -> PlannedTCP {
        let action = action.mapped({ fold($0, names) }, { fold($0, names) })
        var settings = HTTPSettings()
        if case .connect(let connecting) = action.wish { settings.connection = connecting.settings }
        var payload: [UInt8]?
        if case .send(let sent, _) = action.wish { payload = try? sent.constantBytes }
        let wantsHex = checks.contains { check in
            if case .measured("hex") = check.subject { true } else { false }
        }
        return PlannedTCP(
            action: action, connect: connectOptions(settings.over(scenarioHTTP), names),
            payload: payload, wantsHex: wantsHex)
    }
}

extension TCPPayload {
    /// What goes out, when nothing in it is computed; `nil` otherwise, and for what must be refused when it is sent.
    var constantBytes: [UInt8]? {
        get throws {
            try bytes(
                text: { template in
                    guard let text = template.constantText else { throw StepError("computed") }
                    return text
                },
                value: { value in
                    guard let constant = value.asConstant else { throw StepError("computed") }
                    return constant
                }, file: { _ in throw StepError("computed") })
        }
    }

    /// Content and ending behind the prefix.
    ///
    /// - Throws: what the closures throw, and ``StepError`` for digits that are none.
    func bytes(
        text: (Template) throws -> String, value: (ValueTemplate) throws -> JSON,
        file: (String) throws -> [UInt8]
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        switch content {
        case .text(let template): bytes = Array(try text(template).utf8)
        case .json(let json): try value(json).write(into: &bytes)
        case .file(let path): bytes = try file(text(path))
        case .hex(let template):
            let digits = try text(template)
            guard let found = hexadecimalBytes(digits) else {
                throw StepError(
                    "'\(Shown.text(digits, limit: 40))' is not hexadecimal", at: template.location)
            }
            bytes = found
        case .base64(let template):
            let written = try text(template)
            guard let found = Base64.decode(written) else {
                throw StepError("'\(Shown.text(written, limit: 40))' is no Base64", at: template.location)
            }
            bytes = found
        }
        if let ending { bytes += Array(try text(ending).utf8) }
        guard let prefix else { return bytes }
        guard let head = LengthPrefix(prefix).encode(bytes.count) else {
            throw StepError("\(bytes.count) bytes are more than a prefix of \(prefix.bytes) can say")
        }
        return head + bytes
    }
}

extension LengthPrefix {
    init(_ prefix: TCPPrefix) {
        self.init(
            bytes: prefix.bytes, order: prefix.order == .big ? .big : .little,
            includesItself: prefix.includesItself)
    }
}
