public import AssayFormats
public import AssayNet
internal import AssayCore
internal import AssayWire
internal import Synchronization

/// Why switches cannot be turned so.
public struct SwitchError: Error, Sendable, Equatable {
    public var message: String
    public var fix: String?
}

/// The named switches of one double: a fixed set, each with values of its kind.
///
/// They are turned by its options, for one request by the header `X-Assay-Switches: cut-stream=3, rate-limit`, and while
/// it runs on its own port:
///
/// | request | does |
/// |---|---|
/// | `GET /__assay/switches` | tells all: value, what it takes, what it does |
/// | `PUT /__assay/switches` `{"NAME": VALUE}` | turns those named, all or none; `null` is the initial value |
/// | `DELETE /__assay/switches` | turns all back to what the options say |
public final class SwitchBoard: Sendable {
    public static let path = "/__assay/switches"
    public static let header = "X-Assay-Switches"

    public let switches: [Switch]
    /// Kept values of those that are not as they were made, after the options.
    private let configured: [String: JSON]
    private let plan: SwitchPlan
    private let state: Mutex<State>

    private struct State {
        var values: [String: JSON]
        /// Requests that asked for readings.
        var requests = 0
        /// When the first of them came; the plan's times count from here.
        var begun: Int64?
    }

    /// - Parameters:
    ///   - options: from ``read(_:_:of:)``; what ``reset()`` goes back to.
    public init(_ switches: [Switch], options: SwitchOptions = SwitchOptions()) {
        self.switches = switches
        configured = options.values
        plan = options.plan
        state = Mutex(State(values: options.values))
    }

    /// Turns all back to what the options say.
    public func reset() { state.withLock { $0 = State(values: configured) } }

    /// Turns switches by name; all of them or, when one is wrong, none.
    public func turn(_ values: JSONObject) throws(SwitchError) {
        let accepted = try Self.accepted(values, of: switches)
        state.withLock { $0.values.merge(accepted) { $1 } }
    }

    /// The switches as one request meets them; counts it, and counts down those that hold for some requests only.
    ///
    /// - Parameter milliseconds: the double's time.
    /// - Throws: when the request's own header names a switch that is not there.
    public func readings(for request: HTTPRequest, at milliseconds: Int64) throws(SwitchError)
        -> SwitchReadings
    {
        let own = try Self.accepted(Self.written(in: request), of: switches)
        var values = state.withLock { state in
            state.requests += 1
            let begun = state.begun ?? milliseconds
            state.begun = begun
            var now = state.values
            for each in switches where each.kind == .times && own[each.name] == nil {
                guard let left = now[each.name]?.intValue else { continue }
                now[each.name] = .bool(left > 0)
                state.values[each.name] = left > 1 ? .int(left - 1) : .bool(false)
            }
            now.merge(plan.values(ofRequest: state.requests, after: milliseconds - begun)) { $1 }
            return now
        }
        values.merge(own) { $1 }
        return SwitchReadings(switches: switches, values: values)
    }

    /// Answers requests for ``path``; `nil` for all others.
    public func answer(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.path == Self.path else { return nil }
        switch request.method {
        case "GET", "HEAD": return json(200, shown)
        case "DELETE":
            reset()
            return json(200, shown)
        case "PUT", "POST", "PATCH":
            guard let values = (try? JSON(parsing: request.body, maxDepth: 8))?.objectValue else {
                let example = switches.first?.name ?? "name"
                return json(400, ["error": .string("expected a JSON object like {\"\(example)\": true}")])
            }
            do {
                try turn(values)
                return json(200, shown)
            } catch {
                var body = JSONObject([("error", .string(error.message))])
                if let fix = error.fix { body["fix"] = .string(fix) }
                return json(422, .object(body))
            }
        default:
            var response = json(405, ["error": "GET, PUT and DELETE are answered here"])
            response.headers["Allow"] = "GET, PUT, DELETE"
            return response
        }
    }

    private var shown: JSON {
        let values = state.withLock { $0.values }
        let rows = switches.map { each in
            (
                each.name,
                JSON.object([
                    "value": each.shown(values[each.name] ?? each.accepted(each.initial) ?? .null),
                    "takes": .string(each.wanted), "does": .string(each.summary),
                ])
            )
        }
        return .object(JSONObject(rows))
    }

    private func json(_ status: Int, _ body: JSON) -> HTTPResponse {
        HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }

    /// Checks names and values.
    static func accepted(_ values: JSONObject, of switches: [Switch]) throws(SwitchError) -> [String: JSON] {
        var accepted: [String: JSON] = [:]
        for (name, value) in values {
            guard let found = switches.first(where: { $0.name == name }) else {
                let names = switches.map(\.name)
                let near = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                throw SwitchError(
                    message: "there is no switch '\(name)'",
                    fix: near ?? "there are: " + names.joined(separator: ", "))
            }
            guard let kept = found.accepted(value) else {
                throw SwitchError(
                    message: "switch '\(name)' takes \(found.wanted), found \(value.rendered().prefix(60))")
            }
            accepted[name] = kept
        }
        return accepted
    }

    /// `name=value, name` of the request's header; a name alone is `true`.
    private static func written(in request: HTTPRequest) -> JSONObject {
        var values = JSONObject()
        for part in (request.headers[header] ?? "").split(separator: ",") {
            let name = part.prefix { $0 != "=" }
            let value = trimmed(part.dropFirst(name.count + 1))
            values[trimmed(name)] =
                part.count == name.count
                ? .bool(true) : (try? JSON(parsing: value, maxDepth: 2)) ?? .string(value)
        }
        return values
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// What the switches say to one request.
public struct SwitchReadings: Sendable {
    private let switches: [Switch]
    private let values: [String: JSON]

    init(switches: [Switch], values: [String: JSON]) {
        self.switches = switches
        self.values = values
    }

    private func value(_ name: String) -> JSON {
        guard let found = switches.first(where: { $0.name == name }) else {
            preconditionFailure("a double reads switch '\(name)', which it does not have")
        }
        return values[name] ?? found.accepted(found.initial) ?? .null
    }

    /// Whether a ``Switch/Kind/flag`` or ``Switch/Kind/times`` switch is on for this request.
    public func isOn(_ name: String) -> Bool {
        let value = value(name)
        return value.boolValue ?? ((value.intValue ?? 0) > 0)
    }

    public func number(_ name: String) -> Int { Int(value(name).intValue ?? 0) }
    public func duration(_ name: String) -> Duration { .nanoseconds(value(name).intValue ?? 0) }
    public func word(_ name: String) -> String { value(name).stringValue ?? "" }

    /// Whether somebody turned it: by options, plan, port or header.
    public func isSet(_ name: String) -> Bool { values[name] != nil }
}
