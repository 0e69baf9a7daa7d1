public import AssayCore
internal import AssayFormats

/// One demand of `ensure` on a whole run.
public struct ArtilleryCheck: Sendable {
    /// As reports show it.
    public var text: String
    /// What is not strict is told, and changes nothing.
    public var isStrict: Bool
    public var location: SourceLocation
    let expression: Expression

    /// Judges the figures of a run.
    ///
    /// - Parameter figures: by Artillery's names: `http.response_time.p95` in milliseconds, `vusers.failed`.
    /// - Returns: whether it holds; a figure that the run does not have makes it fail, as with Artillery.
    public func judge(_ figures: [String: Double]) -> Outcome {
        var context = Figures(figures: figures)
        let value = try? expression.evaluate(in: &context)
        let read = expression.freeNames.map(\.name)
        var shown: [String] = []
        for name in read {
            let text = figures[name].map(Self.number) ?? "nothing was recorded"
            if !shown.contains("\(name) \(text)") { shown.append("\(name) \(text)") }
        }
        return Outcome(
            holds: value?.isTrue ?? false, actual: shown.joined(separator: ", "),
            isWithoutData: read.contains { figures[$0] == nil }, value: read.first.flatMap { figures[$0] })
    }

    public struct Outcome: Sendable, Equatable {
        public var holds: Bool
        /// The figures that it reads: `http.response_time.p95 212.5`.
        public var actual: String
        public var isWithoutData: Bool
        /// The first of them.
        public var value: Double?
    }

    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\((value * 100).rounded() / 100)"
    }

    private struct Figures: TemplateContext {
        var figures: [String: Double]
        func value(of name: String) -> JSON? { figures[name].map { .double($0) } }
        mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
            // Nothing that is drawn judges a run.
            guard function == "number", let first = arguments.first, first.doubleValue != nil else {
                throw TemplateError("AS058", "\(function) has no meaning here")
            }
            return first
        }
    }
}

extension ArtilleryReading {
    /// `config.ensure`, or the same below `plugins`.
    func ensure() -> [ArtilleryCheck] {
        guard let node = config["ensure"] ?? config["plugins"]?["ensure"], !node.isNull else { return [] }
        guard let pairs = node.pairs else {
            shape(node, "a mapping for `ensure`")
            return []
        }
        check(
            node, ["thresholds", "conditions", "maxErrorRate", "min", "max", "median", "p95", "p99"],
            in: "`ensure`")
        var checks: [ArtilleryCheck] = []
        for entry in node["thresholds"]?.elements ?? [] {
            if let made = threshold(entry) { checks.append(made) }
        }
        for entry in node["conditions"]?.elements ?? [] {
            if let made = condition(entry) { checks.append(made) }
        }
        for pair in pairs where ["min", "max", "median", "p95", "p99"].contains(pair.name) {
            guard let most = number(pair.value) else { continue }
            checks.append(
                limit("http.response_time.\(pair.name)", most.rounded(.towardZero), pair.key.location))
        }
        if let node = node["maxErrorRate"], let most = number(node) {
            let (created, completed) = (
                Expression.name("vusers.created", node.location),
                Expression.name("vusers.completed", node.location)
            )
            let share = Expression.binary(
                .times, .binary(.divided, .binary(.minus, created, completed), created), .literal(100))
            checks.append(
                ArtilleryCheck(
                    text: "maxErrorRate <= \(ArtilleryCheck.number(most))", isStrict: true,
                    location: node.location,
                    expression: .binary(.lessOrEqual, share, .literal(.double(most)))))
        }
        return checks
    }

    private func limit(_ name: String, _ most: Double, _ location: SourceLocation) -> ArtilleryCheck {
        ArtilleryCheck(
            text: "\(name) < \(ArtilleryCheck.number(most))", isStrict: true, location: location,
            expression: .binary(.less, .name(name, location), .literal(.double(most))))
    }

    private func threshold(_ node: YAMLNode) -> ArtilleryCheck? {
        guard let pair = node.pairs?.first else {
            shape(node, "a metric and its limit", fix: "write `- http.response_time.p95: 250`")
            return nil
        }
        return number(pair.value).map { limit(pair.name, $0, pair.key.location) }
    }

    private func condition(_ node: YAMLNode) -> ArtilleryCheck? {
        guard let written = node["expression"], let text = text(written) else {
            shape(node, "a mapping with `expression`")
            return nil
        }
        check(node, ["expression", "strict"], in: "a condition")
        do throws(ArtilleryExpression.Fault) {
            let expression = try ArtilleryExpression.parse(
                Self.quotingNames(text), at: written.location
            ) { .name($0, written.location) }
            return ArtilleryCheck(
                text: text, isStrict: node["strict"].flatMap(bool) ?? true, location: written.location,
                expression: expression)
        } catch {
            yaml.error("AS609", "this condition cannot be read: \(error.message)", at: written)
            return nil
        }
    }

    /// Names of counters may hold spaces: they end at the next operator.
    static func quotingNames(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        let openings = ["errors.", "vusers.created_by_name.", "vusers.failed_by_name."]
        while !rest.isEmpty {
            let isInName = result.last.map { $0.isLetter || $0.isNumber || "._'".contains($0) } ?? false
            guard !isInName, openings.contains(where: { rest.hasPrefix($0) }) else {
                result.append(rest.removeFirst())
                continue
            }
            var name = String(rest.prefix { !"<>=!+*/()".contains($0) })
            while name.last == " " { name.removeLast() }
            result += "'\(name)'"
            rest = rest.dropFirst(name.count)
        }
        return result
    }
}
