internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// A step of a WebSocket made ready.
///
/// A class, so that running a step copies one reference and not the whole plan.
final class PlannedWebSocket: Sendable {
    let action: WebSocketAction
    /// The handshake of a step that opens one.
    let request: PlannedHTTP?
    /// What a message must be; not counted as checks, because most messages may be passed over.
    let filter: [Check]
    /// What is sent, when nothing in it is computed.
    let payload: [UInt8]?
    /// What the step's checks, captures and filter look at of a message; the rest is not made.
    let needs: Needs

    struct Needs: OptionSet {
        let rawValue: Int
        static let json = Needs(rawValue: 1)
        static let text = Needs(rawValue: 2)
        static let hex = Needs(rawValue: 4)
        /// The handshake's status and headers.
        static let answer = Needs(rawValue: 8)
    }

    init(
        action: WebSocketAction, request: PlannedHTTP?, filter: [Check], payload: [UInt8]?, needs: Needs
    ) {
        self.action = action
        self.request = request
        self.filter = filter
        self.payload = payload
        self.needs = needs
    }
}

extension Planner {
    func plan(_ action: WebSocketAction, _ step: Step, _ names: NameTable) -> PlannedWebSocket {
        let action = action.mapped({ fold($0, names) }, { fold($0, names) })
        var request: PlannedHTTP?
        if case .open(let opening) = action.wish {
            var handshake = opening.request
            handshake.url = fold(handshake.url, names).inHTTP
            request = plan(handshake, names)
        }
        let filter = (action.filter?.checks ?? []).map { fold($0, names) }
        var needs: PlannedWebSocket.Needs = step.metrics.isEmpty ? [] : [.json, .text, .answer]
        for check in filter + step.expectation.checks { needs.formUnion(Self.needs(of: check.subject)) }
        for capture in step.captures { needs.formUnion(Self.needs(of: capture.source)) }
        return PlannedWebSocket(
            action: action, request: request, filter: filter,
            payload: try? action.payload?.content.constantBytes, needs: needs)
    }

    private static func needs(of subject: Check.Subject) -> PlannedWebSocket.Needs {
        switch subject {
        case .json: [.json, .text]
        case .measured("hex"): .hex
        case .measured("text"), .body: .text
        case .status, .header: .answer
        default: []
        }
    }

    private static func needs(of source: Capture.Source) -> PlannedWebSocket.Needs {
        switch source {
        case .jsonPath: [.json, .text]
        case .body, .pattern, .group, .selector, .xpath: .text
        case .status, .header, .cookie: .answer
        case .variable: []
        }
    }
}

extension Template {
    /// With the scheme of HTTP that a WebSocket's stands for, when it is written at the start.
    var inHTTP: Template {
        guard let first = segments.first, case .text(let text) = Self.literal(first) else { return self }
        for (own, scheme) in [("ws://", "http://"), ("wss://", "https://")] where text.hasPrefix(own) {
            var changed = self
            changed.segments[0] = .text(scheme + text.dropFirst(own.count))
            return changed
        }
        return self
    }

    private static func literal(_ segment: Segment) -> Segment {
        if case .expression(.literal(let value)) = segment { return .text(value.templateText) }
        return segment
    }
}

extension WebSocketOpeningWish.Deflate {
    /// As the handshake offers it.
    var offer: WebSocketDeflate {
        var offer = WebSocketDeflate()
        offer.serverNoContextTakeover = serverNoContextTakeover
        offer.clientNoContextTakeover = clientNoContextTakeover
        offer.serverMaxWindowBits = serverMaxWindowBits
        offer.clientMaxWindowBits = clientMaxWindowBits
        return offer
    }
}
