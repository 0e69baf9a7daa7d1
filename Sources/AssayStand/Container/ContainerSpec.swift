public import AssayFormats

/// A service's image and how it is run.
public struct ContainerSpec: Sendable {
    /// How a container reaches others and is reached.
    public enum Network: String, Sendable, CaseIterable {
        /// A network of its own; its ports are published on free ones of the loopback.
        case bridge
        /// The machine's own network, where the stand's loopback addresses mean the same.
        case host
    }

    public var image: Template
    /// Words in place of the image's own command; empty keeps that.
    public var command: [Template] = []
    /// `SOURCE:TARGET[:ro]`; sources start from the project's folder.
    public var volumes: [Template] = []
    /// `nil`: the machine's own network when it is told another member's address, else one of its own.
    public var network: Network?

    var templates: [Template] { [image] + command + volumes }
}
