/// `operationId`s: `listJobs` would need to know what a list is, so methods are named as they are: `getJobs`.
struct OperationNames {
    private var taken: Set<String> = []

    /// `GET /api/v1/jobs/{jobId}/tasks` → `getJobTasks`.
    mutating func next(_ method: String, _ template: PathTemplate) -> String {
        var words: [String] = []
        for (index, part) in template.parts.enumerated() {
            guard case .text(let text) = part else { continue }
            if words.isEmpty, Self.isPrefix(text), index + 1 < template.parts.count { continue }
            let isOne: Bool
            if index + 1 < template.parts.count, case .parameter = template.parts[index + 1] {
                isOne = true
            } else {
                isOne = false
            }
            words.append(SchemaName.camelCased(isOne ? SchemaName.singular(text) : text))
        }
        let stem = words.joined().isEmpty ? "Root" : words.joined()
        let candidates = [
            method.lowercased() + stem,
            method.lowercased() + stem
                + template.parameters.map { "By" + SchemaName.camelCased($0) }.joined(),
        ]
        var name = candidates.first { !taken.contains($0) } ?? candidates[1]
        var number = 2
        while taken.contains(name) {
            name = "\(candidates[1])\(number)"
            number += 1
        }
        taken.insert(name)
        return name
    }

    /// `api`, `v1`: in front of every path and part of no name.
    private static func isPrefix(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower == "api" || lower == "rest"
            || lower.first == "v" && lower.count > 1
                && lower.dropFirst().allSatisfy { $0.isNumber || $0 == "." }
    }

    /// What a body of this path is: `/jobs/{jobId}` and `/jobs` are about jobs.
    static func subject(of template: PathTemplate) -> String {
        for part in template.parts.reversed() {
            if case .text(let text) = part, !text.isEmpty { return text }
        }
        return "body"
    }
}
