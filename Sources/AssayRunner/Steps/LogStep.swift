internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension Session {
    /// How often a service's log is looked at while waiting for a line.
    private static let logPoll: Int64 = 10_000_000

    /// Looks for a line that the service has logged since the pass began, and waits for it within bounds.
    func perform(_ action: LogAction, _ step: PlannedStep) async -> StepEnd {
        let wanted: WantedLine
        do {
            wanted = try WantedLine(action.wanted, filling(step.names))
        } catch {
            let text = (error as? TemplateError)?.message ?? "\(error)"
            return .failure(
                "log of \(action.of)", expected: "a line to look for", actual: text, at: step.step.location)
        }
        let deadline = Reactor.monotonicNow() &+ action.within.nanoseconds
        var position = logMarks[action.of] ?? 0
        var recent: [String] = []
        while true {
            let (lines, next) = context.stand.logLines(of: action.of, from: position)
            position = next
            if let line = lines.first(where: wanted.accepts) { return found(line, action, step) }
            recent = Array((recent + lines).suffix(5))
            if Reactor.monotonicNow() >= deadline { break }
            if await reactor.sleep(until: min(deadline, Reactor.monotonicNow() + Self.logPoll), in: scope)
                == .cancelled
            {
                return .cancelled
            }
        }
        let last =
            recent.isEmpty ? "it logged nothing" : "its last lines were:\n" + recent.joined(separator: "\n")
        return .failure(
            "log of \(action.of)", expected: wanted.text,
            actual: context.masker.mask("no such line within \(action.within.shortText); \(last)"),
            at: step.step.location)
    }

    private func found(_ line: String, _ action: LogAction, _ step: PlannedStep) -> StepEnd {
        var answer = Answer()
        answer.text = line
        answer.json = try? JSON(parsing: line)
        var end = StepEnd()
        settle(answer, step, &end)
        return end
    }
}

/// A line that a `log` step looks for, with templates filled in.
private enum WantedLine {
    case contains(String)
    case matches(Pattern)
    case json(Matcher<JSON>)

    init(_ wanted: LogAction.Wanted, _ filling: TemplateFilling) throws {
        switch wanted {
        case .contains(let template): self = .contains(try filling.text(template))
        case .matches(let template): self = .matches(try Pattern(try filling.text(template)))
        case .json(let matcher): self = .json(try matcher.resolved(filling.value))
        }
    }

    func accepts(_ line: String) -> Bool {
        switch self {
        case .contains(let text): return line.contains(text)
        case .matches(let pattern): return (try? pattern.matches(in: line)) ?? false
        case .json(.object(let members)):
            // A log line has more than what is asked for: named members decide.
            guard let object = (try? JSON(parsing: line))?.objectValue else { return false }
            return members.allSatisfy { $0.matcher.judge(object[$0.key], subject: $0.key).isEmpty }
        case .json(.equals(.object(let wanted))):
            guard let object = (try? JSON(parsing: line))?.objectValue else { return false }
            return wanted.allSatisfy { object[$0.key] == $0.value }
        case .json(let matcher):
            guard let json = try? JSON(parsing: line) else { return false }
            return matcher.judge(json, subject: "line").isEmpty
        }
    }

    var text: String {
        switch self {
        case .contains(let text): "a line that contains '\(text)'"
        case .matches(let pattern): "a line that matches /\(pattern.source)/"
        case .json: "a JSON line with the members asked for"
        }
    }
}
