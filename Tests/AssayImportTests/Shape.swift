import AssayCore
import AssayFormats
import AssayScenario

/// A value as text without the places it was read from: what two files must agree on.
func shape(_ value: Any) -> String {
    switch value {
    case is SourceLocation: return "@"
    case let template as Template: return "T(" + template.segments.map { shape($0) }.joined() + ")"
    case let expression as Expression: return "E(\(expression))"
    case let pattern as Pattern: return "/\(pattern.source)/"
    case let paths as PathPatterns: return "\(paths.sources)"
    case let path as TemplatedPath: return path.source
    case let json as JSON: return json.rendered()
    case let rows as FeedRows: return rows.map { JSON.object($0).rendered() }.joined(separator: ",")
    case let metric as Metric: return "\(metric.name) \(metric.kind) \(metric.unit)"
    case let text as String: return "\"\(text)\""
    case let length as Duration: return "\(length.nanoseconds)ns"
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .collection?, .set?:
        return "[" + mirror.children.map { shape($0.value) }.joined(separator: ", ") + "]"
    case .optional?: return mirror.children.first.map { shape($0.value) } ?? "nil"
    case .enum?:
        guard let child = mirror.children.first else { return "\(value)" }
        return "\(child.label ?? "")(\(shape(child.value)))"
    case .tuple?, .struct?:
        // What a call says of its own place is no part of the value either.
        return "{"
            + mirror.children.filter { $0.label != "path" || !(value is LoadProfile.Feed) }.map {
                "\($0.label ?? ""): \(shape($0.value))"
            }.joined(separator: ", ") + "}"
    default: return "\(value)"
    }
}
