/// Follows a query through a document; stops when its visits are used up.
struct JSONPathEvaluator {
    let document: JSON
    /// Whether found nodes know their path. Filters never ask for it.
    var keepsPlaces: Bool
    /// Negative once there were too many.
    var visitsLeft: Int
    /// Patterns computed from the document, compiled once; `nil` for texts that are none.
    private var patterns: [String: Pattern?] = [:]
    private static let maxPatterns = 64
    /// What a regular expression that ran into its limit costs, in visits.
    private static let limitCost = 100_000

    init(document: JSON, keepsPlaces: Bool, visitsLeft: Int) {
        self.document = document
        self.keepsPlaces = keepsPlaces
        self.visitsLeft = visitsLeft
    }

    mutating func select(_ segments: [JSONPath.Segment], from value: JSON) -> [JSONNode] {
        var nodes = [JSONNode(value: value, place: nil)]
        for segment in segments {
            var found: [JSONNode] = []
            for node in nodes where visitsLeft >= 0 {
                if segment.isDescendant {
                    descend(node, segment.selectors, into: &found)
                } else {
                    for selector in segment.selectors { apply(selector, to: node, into: &found) }
                }
            }
            nodes = found
            if nodes.isEmpty { break }
        }
        return nodes
    }

    /// Parents before children; recursion is as deep as the document.
    private mutating func descend(
        _ node: JSONNode, _ selectors: [JSONPath.Selector], into found: inout [JSONNode]
    ) {
        guard visit() else { return }
        for selector in selectors { apply(selector, to: node, into: &found) }
        switch node.value {
        case .array(let elements):
            for (index, element) in elements.enumerated() where visitsLeft >= 0 {
                descend(child(of: node, .index(index), element), selectors, into: &found)
            }
        case .object(let members):
            for (name, value) in zip(members.keys, members.values) where visitsLeft >= 0 {
                descend(child(of: node, .name(name), value), selectors, into: &found)
            }
        default: break
        }
    }

    private mutating func apply(
        _ selector: JSONPath.Selector, to node: JSONNode, into found: inout [JSONNode]
    ) {
        switch (selector, node.value) {
        case (.name(let name), .object(let members)):
            guard visit(), let value = members[name] else { return }
            found.append(child(of: node, .name(name), value))
        case (.index(let index), .array(let elements)):
            guard visit(), let value = node.value[index] else { return }
            found.append(child(of: node, .index(index < 0 ? elements.count + index : index), value))
        case (.slice(let start, let end, let step), .array(let elements)):
            for index in Self.indices(of: elements.count, start, end, step) {
                guard visit() else { return }
                found.append(child(of: node, .index(index), elements[index]))
            }
        case (.wildcard, .array(let elements)):
            for (index, element) in elements.enumerated() {
                guard visit() else { return }
                found.append(child(of: node, .index(index), element))
            }
        case (.wildcard, .object(let members)):
            for (name, value) in zip(members.keys, members.values) {
                guard visit() else { return }
                found.append(child(of: node, .name(name), value))
            }
        case (.filter(let condition), .array(let elements)):
            for (index, element) in elements.enumerated() {
                guard visit() else { return }
                if holds(condition, for: element) { found.append(child(of: node, .index(index), element)) }
            }
        case (.filter(let condition), .object(let members)):
            for (name, value) in zip(members.keys, members.values) {
                guard visit() else { return }
                if holds(condition, for: value) { found.append(child(of: node, .name(name), value)) }
            }
        default: break
        }
    }

    private mutating func visit(_ cost: Int = 1) -> Bool {
        visitsLeft -= cost
        return visitsLeft >= 0
    }

    private func child(of node: JSONNode, _ segment: CompiledPath.Segment, _ value: JSON) -> JSONNode {
        JSONNode(
            value: value, place: keepsPlaces ? JSONNode.Place(parent: node.place, segment: segment) : nil)
    }

    /// RFC 9535 §2.3.4.2.2; sums cannot overflow because numbers in queries stay below 2^53.
    static func indices(of count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> StrideTo<Int> {
        guard step != 0 else { return stride(from: 0, to: 0, by: 1) }
        func normalized(_ index: Int) -> Int { index < 0 ? count + index : index }
        if step > 0 {
            let lower = min(max(normalized(start ?? 0), 0), count)
            let upper = min(max(normalized(end ?? count), 0), count)
            return stride(from: lower, to: upper, by: step)
        }
        let upper = min(max(start.map(normalized) ?? count - 1, -1), count - 1)
        let lower = min(max(end.map(normalized) ?? -1, -1), count - 1)
        return stride(from: upper, to: lower, by: step)
    }
}

// MARK: - Filters

extension JSONPathEvaluator {
    private mutating func holds(_ condition: JSONPath.Condition, for candidate: JSON) -> Bool {
        switch condition {
        case .or(let parts):
            for part in parts where holds(part, for: candidate) { return true }
            return false
        case .and(let parts):
            for part in parts where !holds(part, for: candidate) { return false }
            return true
        case .not(let inner): return !holds(inner, for: candidate)
        case .exists(let query): return !nodes(query, candidate).isEmpty
        case .test(.pattern(let subject, let pattern, let isWhole)):
            return matches(subject, pattern, isWhole, candidate)
        case .test: return false
        case .compare(let left, let comparison, let right):
            return Self.compare(value(left, candidate), comparison, value(right, candidate))
        }
    }

    private mutating func nodes(_ query: JSONPath.Query, _ candidate: JSON) -> [JSONNode] {
        let keptPlaces = keepsPlaces
        keepsPlaces = false
        defer { keepsPlaces = keptPlaces }
        return select(query.segments, from: query.isRelative ? candidate : document)
    }

    /// `nil` is RFC 9535's Nothing.
    private mutating func value(_ operand: JSONPath.Operand, _ candidate: JSON) -> JSON? {
        switch operand {
        case .literal(let value): return value
        case .query(let query):
            guard let singular = query.singular else { return nil }
            var value: JSON? = query.isRelative ? candidate : document
            for segment in singular {
                guard visit() else { return nil }
                switch segment {
                case .name(let name): value = value?[name]
                case .index(let index): value = value?[index]
                }
            }
            return value
        case .call(.length(let operand)):
            switch value(operand, candidate) {
            case .string(let text): return .int(Int64(text.unicodeScalars.count))
            case .array(let elements): return .int(Int64(elements.count))
            case .object(let members): return .int(Int64(members.count))
            default: return nil
            }
        case .call(.count(let query)): return .int(Int64(nodes(query, candidate).count))
        case .call(.value(let query)):
            let found = nodes(query, candidate)
            guard found.count == 1 else { return nil }
            return found[0].value
        case .call(.pattern): return nil
        }
    }

    private mutating func matches(
        _ subject: JSONPath.Operand, _ source: JSONPath.PatternSource, _ isWhole: Bool, _ candidate: JSON
    ) -> Bool {
        guard case .string(let text) = value(subject, candidate), visit(1 + text.utf8.count / 16) else {
            return false
        }
        let pattern: Pattern?
        switch source {
        case .fixed(let fixed): pattern = fixed
        case .computed(let operand):
            guard case .string(let written) = value(operand, candidate) else { return false }
            pattern = compiled(written)
        }
        guard let pattern else { return false }
        do {
            return isWhole ? try pattern.matches(whole: text) : try pattern.matches(in: text)
        } catch {
            _ = visit(Self.limitCost)
            return false
        }
    }

    private mutating func compiled(_ written: String) -> Pattern? {
        if let known = patterns[written] { return known }
        let pattern = try? Pattern(interoperable: written)
        if patterns.count >= Self.maxPatterns { patterns = [:] }
        patterns[written] = .some(pattern)
        _ = visit(100)
        return pattern
    }

    /// RFC 9535 §2.3.5.2.2.
    static func compare(_ left: JSON?, _ comparison: JSONPath.Comparison, _ right: JSON?) -> Bool {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .less: isLess(left, right)
        case .greater: isLess(right, left)
        case .lessOrEqual: left == right || isLess(left, right)
        case .greaterOrEqual: left == right || isLess(right, left)
        }
    }

    private static func isLess(_ left: JSON?, _ right: JSON?) -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): a < b
        case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.some(let a), .some(let b)):
            if let a = a.doubleValue, let b = b.doubleValue { a < b } else { false }
        default: false
        }
    }
}
