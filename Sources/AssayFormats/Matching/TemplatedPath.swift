/// A JSONPath that may hold templates: `$.items[?@.id == '${item}'].quantity`.
public enum TemplatedPath: Sendable {
    case fixed(JSONPath, source: String)
    case templated(Template)

    public var source: String {
        switch self {
        case .fixed(_, let source): source
        case .templated(let template): template.source
        }
    }
}

extension TemplatedPath {
    /// The path, read now when it holds templates.
    ///
    /// - Throws: what `render` throws, and JSONPath's own error when the filled-in text is no path.
    public func resolved(_ render: (Template) throws -> String) throws -> JSONPath {
        switch self {
        case .fixed(let path, _): path
        case .templated(let template): try JSONPath(parsing: render(template))
        }
    }
}
