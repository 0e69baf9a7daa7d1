public import AssayFormats

/// A function of a script's own code, called where the step stands.
///
/// Files of Assay's own have no such step: it is what `function` of another tool comes to.
public struct HookAction: Sendable, Equatable {
    public var function: String

    public init(function: String) { self.function = function }
}

/// Functions of a script's own code around a request.
public struct RequestHooks: Sendable, Equatable {
    /// May change the request; in their order.
    public var before: [String]
    /// See the answer; in their order.
    public var after: [String]
    /// Are told of a request that nothing answered; in their order.
    public var onError: [String]
    /// The request as its file says it, with templates as they are written: what the functions are given.
    public var request: JSONObject

    public init(before: [String], after: [String], onError: [String] = [], request: JSONObject) {
        self.before = before
        self.after = after
        self.onError = onError
        self.request = request
    }
}

/// A function of a script's own code that may change how a WebSocket is opened.
public struct OpeningHook: Sendable, Equatable {
    public var function: String
    /// What it is given: `target`, `subprotocols`, and `options` with `headers`.
    public var given: JSONObject

    public init(function: String, given: JSONObject) {
        self.function = function
        self.given = given
    }
}
