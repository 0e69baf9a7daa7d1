public import AssayNet
internal import AssayWire

/// Where a live provider is: its origin, and the path before those of its contract.
public struct LiveAddress: Sendable, Hashable, CustomStringConvertible {
    public var origin: HTTPOrigin
    /// Without a slash at its end; empty when the URL has no path.
    public var basePath: String

    public init(origin: HTTPOrigin, basePath: String = "") {
        self.origin = origin
        self.basePath = basePath
    }

    /// - Parameter url: `http://host:port` or `https://host:port`, perhaps with a path.
    /// - Throws: what is wrong with it, in a sentence.
    public init(_ url: String) throws(LiveAddressError) {
        let parts: URLParts
        do {
            parts = try URLParts(parsing: url)
        } catch {
            throw LiveAddressError(description: "\(error)")
        }
        guard parts.userInfo == nil else {
            throw LiveAddressError(description: "a URL does not carry a user and password here")
        }
        guard !parts.target.contains("?") else {
            throw LiveAddressError(description: "'\(url)': expected no query, found one")
        }
        origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
        basePath = parts.target
        while basePath.hasSuffix("/") { basePath.removeLast() }
    }

    public var description: String { "\(origin)\(basePath)" }
}

/// Why a URL cannot be a provider's.
public struct LiveAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String
    public init(description: String) { self.description = description }
}
