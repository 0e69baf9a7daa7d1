public import AssayCore
public import AssayFormats
public import AssayNet
public struct DoubleSpec: Sendable { public var name: String; public var location: SourceLocation; public var memberNames: [String] { ["url"] }
  public func start(on reactor: Reactor, environment: TemplateEnvironment, names: [String: JSON], seed: UInt64) throws -> StartedDouble { StartedDouble(name: name) } }
public struct DoubleReader { public init(_ y: YAMLReading) {}; public func read(_ n: YAMLNode) -> [DoubleSpec] { [] } }
public final class StartedDouble { public let name: String; init(name: String) { self.name = name }; public var bindings = JSONObject(); public var detail = ""; public func stop() {} }
