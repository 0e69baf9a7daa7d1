internal import Assay
internal import AssayCore
public import AssayFormats
internal import Testing

/// The stand of the test that is running.
///
/// ```swift
/// let rows = try await stand.database("db").query("select * from items")
/// ```
/// - Throws: AS280 outside a test that has one: without ``Testing/Trait/stand(_:isolation:file:)``, or in a detached
///   task or a thread, which do not inherit it; read it before and hand it over.
public var stand: TestStand {
    get throws {
        guard let stand = TestStand.current else {
            throw StandError(
                "AS280", "there is no stand here: `stand` is the stand of the test that is running",
                fix: "give the suite or the test one: @Suite(.stand(\"assay.yml\")); in a detached task, "
                    + "use a stand that was read outside of it")
        }
        return stand
    }
}

/// What a test reaches of its stand; from any task.
///
/// Asking for a member that is not there because its program is not installed, and that the project's `fallback` lets be
/// left out, cancels the test with that reason: it is shown as skipped.
public struct TestStand: Sendable {
    @TaskLocal static var current: TestStand?

    let layer: LiveStand.Layer
    private let test: Test
    private let key: SharedStands.Key

    init(_ layer: LiveStand.Layer, of test: Test, _ key: SharedStands.Key) {
        self.layer = layer
        self.test = test
        self.key = key
    }

    func isOf(_ test: Test, _ key: SharedStands.Key) -> Bool { self.test.id == test.id && self.key == key }

    /// A client of a service, or of anything else of the stand that speaks HTTP.
    ///
    /// - Throws: AS282 when the stand has none of this name.
    public func http(_ name: String) throws -> ServiceClient {
        let places = layer.members.filter { urlText($0)?.hasPrefix("http://") == true }
        try find(name, "service", among: places)
        return ServiceClient(url: urlText(name) ?? "", layer: layer)
    }

    /// A database: the test's own, or its transaction, or that of all, by the trait's isolation.
    ///
    /// - Throws: AS282 when the stand has none of this name.
    public func database(_ name: String) throws -> StandDatabase {
        try find(name, "database", among: layer.databaseNames)
        return StandDatabase(name: name, layer: layer)
    }

    /// A double; all tests of the stand share it.
    ///
    /// - Throws: AS282 when the stand has none of this name.
    public func double(_ name: String) throws -> StandDouble {
        try find(name, "double", among: layer.doubleNames)
        return StandDouble(name: name, layer: layer)
    }

    /// What a service or dependency writes.
    ///
    /// - Throws: AS282 when the stand has none of this name that writes.
    public func log(_ name: String) throws -> ServiceLog {
        try find(name, "log", among: layer.logNames)
        return ServiceLog(name: name, layer: layer)
    }

    /// Where a member is: `http://127.0.0.1:40131`, `postgresql://…`.
    ///
    /// - Throws: AS282 when the stand has none of this name.
    public func url(_ name: String) throws -> String {
        try find(name, "member", among: layer.members.filter { urlText($0) != nil })
        return urlText(name) ?? ""
    }

    /// What `${…}` gives in the project file: `db.path`, `api.ports.metrics`.
    ///
    /// - Throws: AS282 when it gives nothing.
    public func value(_ path: String) throws -> JSON {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        try find(parts[0], "member", among: layer.bindings.keys.sorted())
        var value = layer.bindings[parts[0]] ?? .object([:])
        for (index, part) in parts.enumerated().dropFirst() {
            guard let next = value[part] else {
                let known = value.objectValue?.keys ?? []
                throw StandError(
                    "AS282", "'\(parts[..<index].joined(separator: "."))' of the stand has no '\(part)'",
                    fix: Self.hint(part, among: known))
            }
            value = next
        }
        return value
    }

    private func urlText(_ name: String) -> String? { layer.bindings[name]?["url"]?.stringValue }

    private func find(_ name: String, _ kind: String, among names: [String]) throws {
        if let reason = layer.absent[name] {
            try Test.cancel(Comment(rawValue: reason), sourceLocation: test.sourceLocation)
        }
        guard !names.contains(name) else { return }
        throw StandError("AS282", "the stand has no \(kind) '\(name)'", fix: Self.hint(name, among: names))
    }

    private static func hint(_ name: String, among names: [String]) -> String? {
        if let near = nearestName(to: name, among: names) { return "did you mean '\(near)'?" }
        return names.isEmpty ? nil : "there is " + names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
