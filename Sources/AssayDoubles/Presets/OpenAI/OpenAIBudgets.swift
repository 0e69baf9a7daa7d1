internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What each key may still ask for in this minute.
struct OpenAIBudgets: Sendable {
    private struct Budget {
        var requests: RateBudget?
        var tokens: RateBudget?
    }

    private var budgets: [String: Budget] = [:]
    /// Keys beyond this share one budget.
    private static let keyLimit = 1000

    /// Takes one request of so many tokens, unless it is too much.
    mutating func spend(
        _ tokens: Int, of key: String, requestsPerMinute: Double?, tokensPerMinute: Double?, model: String,
        at now: Int64
    ) -> (headers: HTTPHeaders, error: OpenAIError?) {
        let key = budgets[key] != nil || budgets.count < Self.keyLimit ? key : ""
        var budget =
            budgets[key]
            ?? Budget(
                requests: requestsPerMinute.map { RateBudget(perMinute: $0) },
                tokens: tokensPerMinute.map { RateBudget(perMinute: $0) })
        let waits = (
            requests: budget.requests?.wait(for: 1, at: now) ?? 0,
            tokens: budget.tokens?.wait(for: Double(tokens), at: now) ?? 0
        )
        var error: OpenAIError?
        if let limit = tokensPerMinute, Double(tokens) > limit {
            error = Self.refusal(model, "tokens", limit: Int(limit), asked: tokens, milliseconds: 60_000)
            error?.message =
                "Request too large for \(model): limit \(Int(limit)) tokens a minute, requested \(tokens)."
        } else if waits.requests > 0 {
            error = Self.refusal(
                model, "requests", limit: Int(requestsPerMinute ?? 0), asked: 1, milliseconds: waits.requests)
        } else if waits.tokens > 0 {
            error = Self.refusal(
                model, "tokens", limit: Int(tokensPerMinute ?? 0), asked: tokens, milliseconds: waits.tokens)
        } else {
            budget.requests?.take(1)
            budget.tokens?.take(Double(tokens))
        }
        budgets[key] = budget
        var headers = HTTPHeaders()
        for (kind, each) in [("requests", budget.requests), ("tokens", budget.tokens)] {
            guard let each else { continue }
            headers.add("x-ratelimit-limit-\(kind)", String(Int(each.perMinute)))
            headers.add("x-ratelimit-remaining-\(kind)", String(each.remaining))
            headers.add("x-ratelimit-reset-\(kind)", RateBudget.text(milliseconds: each.resetMilliseconds))
        }
        return (headers, error)
    }

    private static func refusal(
        _ model: String, _ kind: String, limit: Int, asked: Int, milliseconds: Int64
    ) -> OpenAIError {
        OpenAIError(
            status: 429,
            message:
                "Rate limit reached for \(model) on \(kind) per min: limit \(limit), requested \(asked). "
                + "Please try again in \(RateBudget.text(milliseconds: milliseconds)).",
            type: kind, code: "rate_limit_exceeded", retryAfter: .milliseconds(milliseconds))
    }
}
