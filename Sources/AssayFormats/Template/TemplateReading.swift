public import AssayCore

extension Template {
    /// Reads text with `${…}` in it.
    ///
    /// - Parameter location: where the text's first character stands; errors and names count from there.
    /// - Throws: AS050–AS055 at the place of the fault, without the line's text.
    public init(parsing source: String, at location: SourceLocation) throws(Diagnostic) {
        try self.init(parsing: source, at: location, places: nil)
    }

    init(parsing source: String, at location: SourceLocation, places: TextPlaces?) throws(Diagnostic) {
        guard source.utf8.contains(UInt8(ascii: "$")) else {
            self.init(source: source, location: location, segments: source.isEmpty ? [] : [.text(source)])
            return
        }
        var parser = TemplateParser(source, places: places, at: location)
        self.init(source: source, location: location, segments: try parser.segments())
    }

    /// Text in which nothing is computed, whatever it holds.
    public init(constant text: String, at location: SourceLocation) {
        self.init(source: text, location: location, segments: text.isEmpty ? [] : [.text(text)])
    }
}

extension Expression {
    /// Reads what stands inside `${…}`, without the `${` and `}`.
    ///
    /// - Throws: AS050–AS055 at the place of the fault, without the line's text.
    public init(parsing source: String, at location: SourceLocation) throws(Diagnostic) {
        var parser = TemplateParser(source, at: location)
        self = try parser.wholeExpression()
    }
}
