public import AssayCore
internal import AssayFormats

extension Pact {
    /// Takes interactions into the pact: new ones are added, the same ones are there once.
    ///
    /// Interactions are known by their description and states. They are sorted by both, so that a file does not depend
    /// on the order in which tests ran.
    ///
    /// - Throws: AS479 for one that the pact has with other contents.
    public mutating func merge(_ added: [PactInteraction]) throws(Diagnostics) {
        var problems: [Diagnostic] = []
        for interaction in added {
            guard let place = interactions.firstIndex(where: { $0.isNamed(like: interaction) }) else {
                interactions.append(interaction)
                continue
            }
            let known = interactions[place]
            guard !known.stands(for: interaction) else { continue }
            let difference = known.difference(from: interaction)
            problems.append(
                Diagnostic(
                    "AS479",
                    "the pact of \(consumer) and \(provider) has '\(interaction.title)' with another \(difference)",
                    at: known.location,
                    fix: "give one of them another description, or delete the interaction that is out of date"
                ))
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        interactions.sort { left, right in
            (left.description, left.states.map(\.name).joined(separator: "\n"))
                < (right.description, right.states.map(\.name).joined(separator: "\n"))
        }
    }
}

extension PactInteraction {
    func isNamed(like other: PactInteraction) -> Bool {
        description == other.description && states == other.states
    }

    /// Whether the other says the same, but for examples that rules leave open.
    func stands(for other: PactInteraction) -> Bool {
        if content == other.content { return true }
        guard case .http(let request, let response) = content,
            case .http(let otherRequest, let otherResponse) = other.content
        else { return false }
        return request.stands(for: otherRequest) && response.stands(for: otherResponse)
    }

    /// What of two interactions of a name is not the same.
    fileprivate func difference(from other: PactInteraction) -> String {
        guard case .http(let request, let response) = content,
            case .http(let otherRequest, let otherResponse) = other.content
        else { return "content" }
        if request.method != otherRequest.method {
            return "method: \(request.method), now \(otherRequest.method)"
        }
        if !request.stands(for: otherRequest) {
            let isElsewhere = request.mismatches(otherRequest.exchange).contains { $0.part == .path }
            return isElsewhere ? "path: \(request.path), now \(otherRequest.path)" : "request"
        }
        if response.status != otherResponse.status {
            return "status: \(response.status), now \(otherResponse.status)"
        }
        return "response"
    }
}

extension PactRequest {
    fileprivate func stands(for other: PactRequest) -> Bool {
        rules == other.rules && generators == other.generators && mismatches(other.exchange).isEmpty
            && other.mismatches(exchange).isEmpty
    }
}

extension PactResponse {
    fileprivate func stands(for other: PactResponse) -> Bool {
        rules == other.rules && generators == other.generators && mismatches(other.exchange).isEmpty
            && other.mismatches(exchange).isEmpty
    }
}
