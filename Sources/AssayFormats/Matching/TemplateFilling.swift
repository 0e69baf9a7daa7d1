/// Fills in the templates of expectations and captures.
public struct TemplateFilling {
    public var value: (ValueTemplate) throws -> JSON
    public var text: (Template) throws -> String
    public init(value: @escaping (ValueTemplate) throws -> JSON, text: @escaping (Template) throws -> String)
    {
        self.value = value
        self.text = text
    }
}
