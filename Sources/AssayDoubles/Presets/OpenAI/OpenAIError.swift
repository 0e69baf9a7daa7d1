internal import AssayCore
internal import AssayFormats
public import AssayNet
internal import AssayWire

/// A refusal in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`.
public struct OpenAIError: Error, Sendable, Equatable {
    public var status: Int
    public var message: String
    public var type: String
    /// The request's member that is wrong.
    public var param: String?
    public var code: String?
    /// For `Retry-After`.
    public var retryAfter: Duration?

    public init(
        status: Int = 400, message: String, type: String = "invalid_request_error", param: String? = nil,
        code: String? = nil, retryAfter: Duration? = nil
    ) {
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.retryAfter = retryAfter
    }

    var json: JSON {
        [
            "error": [
                "message": .string(message), "type": .string(type),
                "param": param.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    /// As OpenAI's server answers with it.
    public var response: HTTPResponse {
        var response = HTTPResponse(status: status, text: json.rendered(), type: "application/json")
        if let retryAfter {
            let milliseconds = max(0, retryAfter.nanoseconds / 1_000_000)
            response.headers["Retry-After"] = String((milliseconds + 999) / 1000)
            // What OpenAI's clients look at first.
            response.headers["retry-after-ms"] = String(milliseconds)
        }
        return response
    }

    static func invalid(_ message: String, param: String? = nil, code: String? = nil) -> OpenAIError {
        OpenAIError(message: message, param: param, code: code)
    }

    static func notFound(method: String, path: Substring) -> OpenAIError {
        OpenAIError(status: 404, message: "Invalid URL (\(method) \(path))")
    }

    static func missingKey() -> OpenAIError {
        OpenAIError(
            status: 401,
            message:
                "You didn't provide an API key. Send it in an Authorization header: `Authorization: Bearer KEY`."
        )
    }

    /// - Parameter key: shown by its ends only.
    static func wrongKey(_ key: String) -> OpenAIError {
        let shown = key.count > 8 ? key.prefix(3) + "****" + key.suffix(2) : "****"
        return OpenAIError(
            status: 401, message: "Incorrect API key provided: \(shown).", code: "invalid_api_key")
    }

    static func noModel(_ name: String) -> OpenAIError {
        OpenAIError(
            status: 404,
            message: "The model `\(name.prefix(100))` does not exist or you do not have access to it.",
            param: "model", code: "model_not_found")
    }

    static func contextExceeded(limit: Int, asked: Int, param: String) -> OpenAIError {
        invalid(
            "This model's maximum context length is \(limit) tokens. However, you requested \(asked) tokens. "
                + "Please reduce the length of the \(param).",
            param: param, code: "context_length_exceeded")
    }

    static func quota() -> OpenAIError {
        OpenAIError(
            status: 429,
            message: "You exceeded your current quota, please check your plan and billing details.",
            type: "insufficient_quota", code: "insufficient_quota")
    }

    static func rateLimited(_ model: String, retryAfter: Duration) -> OpenAIError {
        OpenAIError(
            status: 429,
            message: "Rate limit reached for \(model). Please try again in \(retryAfter.inSeconds)s.",
            type: "requests", code: "rate_limit_exceeded", retryAfter: retryAfter)
    }

    static func server(_ status: Int) -> OpenAIError {
        OpenAIError(
            status: status,
            message: status == 503
                ? "The engine is currently overloaded, please try again later."
                : "The server had an error while processing your request. Sorry about that!",
            type: status == 503 ? "service_unavailable" : "server_error")
    }

    /// The double's own options are at fault, not the client.
    static func script(_ reason: String) -> OpenAIError {
        OpenAIError(
            status: 500, message: "the double's answer cannot be made: \(reason)", type: "double_error",
            code: "bad_script")
    }
}
