public import AssayCore

/// Judges the matchers that need files: the composition reads those, this module does no I/O.
public protocol ExternalMatchers: Sendable {
    /// - Parameters:
    ///   - reference: `contracts/openapi.yaml#addItems`, as written.
    ///   - subject: what is looked at, for the mismatches.
    func judgeSchema(
        _ reference: String, _ value: JSON, subject: String, location: SourceLocation?
    ) -> [Mismatch]

    /// - Parameters:
    ///   - path: the kept file, as written.
    ///   - masks: JSONPaths of parts that are not compared; see ``GoldenComparison``.
    func judgeGolden(
        _ path: String, masks: [String], _ value: JSON, subject: String, location: SourceLocation?
    ) -> [Mismatch]
}

extension Matcher where Value == JSON {
    /// Judges a value.
    ///
    /// Nested differences are reported under their own path (`$.items[2].quantity`), at most
    /// ``Judge/mismatchLimit`` of them; texts are bounded.
    ///
    /// - Parameters:
    ///   - actual: what was found; `nil` when nothing was.
    ///   - subject: what is looked at: `status`, `$.items`, `header content-type`.
    ///   - location: where the expectation is written.
    ///   - absentNote: said after `absent`, like `the body was {…}`.
    ///   - external: judges ``schema`` and ``golden``; without it they do not hold.
    ///   - show: how values are written in mismatches; as bounded JSON unless said.
    /// - Returns: nothing when the matcher holds.
    public func judge(
        _ actual: JSON?, subject: String, location: SourceLocation? = nil, absentNote: String? = nil,
        external: (any ExternalMatchers)? = nil, show: (@Sendable (JSON) -> String)? = nil
    ) -> [Mismatch] {
        Judge(
            location: location, absentNote: absentNote, external: external, show: show ?? { Shown.value($0) }
        )
        .judge(self, actual, subject).bounded(
            to: Judge.mismatchLimit, subject: subject, location: location)
    }

    /// Judges the nodes that a path selected.
    ///
    /// One node is judged as a value, none as an absent value. Of several, matchers of lists (an array,
    /// ``length``, ``unordered``, ``contains``) see the array of nodes; any other must hold for every node.
    ///
    /// - Parameter nodes: the nodes with their own paths, in the order of selection.
    public func judge(
        nodes: [(path: String, value: JSON)], subject: String, location: SourceLocation? = nil,
        absentNote: String? = nil, external: (any ExternalMatchers)? = nil
    ) -> [Mismatch] {
        if nodes.count > 1, case .all(let parts) = self {
            let found = parts.flatMap { part in
                part.judge(
                    nodes: nodes, subject: subject, location: location, absentNote: absentNote,
                    external: external)
            }
            return found.bounded(to: Judge.mismatchLimit, subject: subject, location: location)
        }
        let judge = Judge(location: location, absentNote: absentNote, external: external)
        let found: [Mismatch] =
            if nodes.count <= 1 {
                judge.judge(self, nodes.first?.value, subject)
            } else if judgesLists || isListLiteral {
                judge.judge(self, .array(nodes.map(\.value)), subject)
            } else {
                nodes.flatMap { judge.judge(self, $0.value, $0.path) }
            }
        return found.bounded(to: Judge.mismatchLimit, subject: subject, location: location)
    }

    private var isListLiteral: Bool {
        if case .equals(.array) = self { true } else { false }
    }
}

extension [Mismatch] {
    func bounded(to limit: Int, subject: String, location: SourceLocation?) -> [Mismatch] {
        guard count > limit else { return self }
        let left = count - limit
        return prefix(limit) + [
            Mismatch(
                subject: subject, expected: "no further difference", actual: "\(left) more differences",
                location: location)
        ]
    }
}

/// One judgement: what every matcher needs to say what it found.
struct Judge {
    /// So many differences are told one by one.
    static let mismatchLimit = 20
    /// An object or array that differs in more places than this is told as one difference with a diff.
    static let nestedLimit = 5

    var location: SourceLocation?
    var absentNote: String?
    var external: (any ExternalMatchers)?
    /// How values are written in mismatches.
    var show: @Sendable (JSON) -> String = { Shown.value($0) }

    func judge(_ matcher: Matcher<JSON>, _ actual: JSON?, _ subject: String) -> [Mismatch] {
        switch matcher {
        case .absent(true): return actual == nil ? [] : [mismatch(matcher, actual, subject)]
        case .not(let inner):
            if actual == nil, !inner.speaksOfAbsence { return [mismatch(matcher, actual, subject)] }
            return judge(inner, actual, subject).isEmpty ? [mismatch(matcher, actual, subject)] : []
        case .any(let matchers):
            for part in matchers where judge(part, actual, subject).isEmpty { return [] }
            if matchers.count == 1 { return judge(matchers[0], actual, subject) }
            return [mismatch(matcher, actual, subject)]
        case .all(let matchers):
            // Absence is one fact, however many words speak of it.
            if actual == nil, !matcher.speaksOfAbsence { return [mismatch(matcher, nil, subject)] }
            return matchers.flatMap { judge($0, actual, subject) }
        default: break
        }
        guard let actual else { return [mismatch(matcher, nil, subject)] }
        return judgePresent(matcher, actual, subject)
    }

    private func judgePresent(_ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String) -> [Mismatch] {
        switch matcher {
        case .equals(let expected): return judgeEqual(expected, actual, subject)
        case .array(let elements): return judgeArray(elements, matcher, actual, subject)
        case .object(let members): return judgeObject(members, matcher, actual, subject)
        case .unordered(let elements): return judgeUnordered(elements, matcher, actual, subject)
        case .length(let inner): return judgeLength(inner, matcher, actual, subject)
        case .schema(let reference): return judgeSchema(reference, matcher, actual, subject)
        case .golden(let path, let masks, let parts):
            return judgeGolden(path, masks, parts, matcher, actual, subject)
        case .pattern(let pattern): return judgePattern(pattern, matcher, actual, subject)
        case .matches(let source): return judgeMatches(source, matcher, actual, subject)
        default: return holds(matcher, actual) ? [] : [mismatch(matcher, actual, subject)]
        }
    }

    /// The matchers that hold or not, with nothing to tell of why.
    private func holds(_ matcher: Matcher<JSON>, _ actual: JSON) -> Bool {
        switch matcher {
        case .type(let name): actual.typeName == name || (name == "number" && actual.typeName == "integer")
        case .contains(let expected): actual.contains(expected)
        case .between(let low, let high):
            (JSON.order(low, actual) ?? 1) <= 0 && (JSON.order(actual, high) ?? 1) <= 0
        case .less(let bound): (JSON.order(actual, bound) ?? 1) < 0
        case .greater(let bound): (JSON.order(bound, actual) ?? 1) < 0
        case .atMost(let bound): (JSON.order(actual, bound) ?? 1) <= 0
        case .atLeast(let bound): (JSON.order(bound, actual) ?? 1) <= 0
        case .absent(let wanted): !wanted
        default: false
        }
    }

    /// `matches` with an expression that is only known now.
    private func judgeMatches(
        _ source: JSON, _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        guard let text = source.stringValue else {
            return [
                mismatch(matcher, actual, subject, note: "the expression is \(source.typeName), not text")
            ]
        }
        do {
            return judgePattern(try Pattern(text), matcher, actual, subject)
        } catch {
            return [mismatch(matcher, actual, subject, note: "\(error)")]
        }
    }

    private func judgePattern(
        _ pattern: Pattern, _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        do {
            if let searched = actual.searchedText, try pattern.matches(in: searched) { return [] }
            return [mismatch(matcher, actual, subject)]
        } catch {
            return [mismatch(matcher, actual, subject, note: "\(error)")]
        }
    }

    private func judgeSchema(
        _ reference: JSON, _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        guard let external, let name = reference.stringValue else {
            return [mismatch(matcher, actual, subject, note: "no schema could be read here")]
        }
        return external.judgeSchema(name, actual, subject: subject, location: location)
    }

    private func judgeGolden(
        _ path: JSON, _ masks: [String], _ parts: [Matcher<JSON>.Part], _ matcher: Matcher<JSON>,
        _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        guard let external, let path = path.stringValue else {
            return [mismatch(matcher, actual, subject, note: "no kept file could be read here")]
        }
        // What a matcher judges is not compared.
        let masks = masks + parts.map(\.path)
        return parts.flatMap { judgePart($0, actual) }
            + external.judgeGolden(path, masks: masks, actual, subject: subject, location: location)
    }

    private func judgePart(_ part: Matcher<JSON>.Part, _ actual: JSON) -> [Mismatch] {
        do {
            let nodes = try JSONPath(parsing: part.path).nodes(in: actual)
            return part.matcher.judge(
                nodes: nodes.map { ($0.readablePath, $0.value) }, subject: part.path, location: location,
                absentNote: absentNote, external: external)
        } catch {
            return [
                Mismatch(subject: part.path, expected: "a JSONPath", actual: "\(error)", location: location)
            ]
        }
    }

    /// The mismatch of a matcher as a whole.
    func mismatch(
        _ matcher: Matcher<JSON>, _ actual: JSON?, _ subject: String, note: String? = nil, diff: String? = nil
    ) -> Mismatch {
        var text = actual.map { show($0) } ?? "absent"
        if actual == nil, let absentNote { text += "; \(absentNote)" }
        if let note { text += "; \(note)" }
        var expected = matcher.described(show)
        if case .equals = matcher, subject.hasPrefix("$") { expected = "= " + expected }
        return Mismatch(subject: subject, expected: expected, actual: text, diff: diff, location: location)
    }
}
