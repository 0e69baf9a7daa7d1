public import AssayFormats

/// A part of the stand that the case of a scenario chooses: `on: ${case.store}`, one suite for every store.
public struct PartChoice: Sendable {
    public var template: Template
    /// What it can be, by the cases.
    public var names: [String]
    public init(template: Template, names: [String]) {
        self.template = template
        self.names = names
    }
}
