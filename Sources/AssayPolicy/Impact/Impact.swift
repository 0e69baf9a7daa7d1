public import AssayFormats

/// Files that changed, by paths from the project's folder; what lies outside begins with `../`.
public struct ChangedFiles: Sendable, Equatable {
    /// As the person named it.
    public var revision: String
    public var paths: Set<String>

    public init(revision: String, paths: Set<String>) {
        self.revision = revision
        self.paths = paths
    }
}

/// A level or a scenario that a change may concern.
public struct ImpactMember: Sendable {
    public enum Kind: String, Sendable { case scenario, level }

    public var kind: Kind
    public var name: String
    /// What it declares under `paths:`; `nil` when it declares nothing.
    public var paths: PathPatterns?
    /// Files that it is written in.
    public var files: [String]

    public init(kind: Kind, name: String, paths: PathPatterns?, files: [String]) {
        self.kind = kind
        self.name = name
        self.paths = paths
        self.files = files
    }
}

/// What of a run a change concerns.
public struct Impact: Sendable, Equatable {
    public enum Choice: Sendable, Equatable {
        /// A file that its `paths` mean has changed: the first one by name.
        case pathChanged(String)
        /// It is itself among the changed files.
        case fileChanged(String)
        /// It declares no paths, so nobody can tell.
        case declaresNothing
        /// Something that everything stands on has changed.
        case everything(String)
        case leftOut

        public var runs: Bool { self != .leftOut }
    }

    public var revision: String
    /// In the order of the members.
    public var choices: [Choice]
}

/// Chooses what a change concerns.
///
/// - Parameters:
///   - foundations: files and folders that everything stands on, like the project file and migrations: when one of them
///     changed, everything runs.
public func judgeImpact(_ members: [ImpactMember], _ changes: ChangedFiles, foundations: [String]) -> Impact {
    let sorted = changes.paths.sorted()
    let base = sorted.first { path in
        foundations.contains { $0 == path || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
    let choices = members.map { member -> Impact.Choice in
        if let base { return .everything(base) }
        if let file = member.files.first(where: changes.paths.contains) { return .fileChanged(file) }
        guard let paths = member.paths else { return .declaresNothing }
        return sorted.first(where: paths.matches).map(Impact.Choice.pathChanged) ?? .leftOut
    }
    return Impact(revision: changes.revision, choices: choices)
}

extension Impact {
    /// Why a member was left out, for the record.
    public var reasonLeftOut: String { "nothing that its paths name changed since \(revision)" }

    /// What a person reads before the run: how many run, who was left out, who declares nothing.
    ///
    /// - Parameter limit: more names than this are counted; `nil` names all.
    public func lines(_ members: [ImpactMember], namesAtMost limit: Int?) -> [String] {
        let counts = [ImpactMember.Kind.scenario, .level].compactMap { kind -> String? in
            let own = zip(members, choices).filter { $0.0.kind == kind }
            guard !own.isEmpty else { return nil }
            return "\(own.count { $0.1.runs }) of \(own.count) \(kind.rawValue)\(own.count == 1 ? "" : "s")"
        }
        var first =
            "since \(revision): "
            + (counts.isEmpty ? "nothing to choose from" : counts.joined(separator: ", "))
        for case .everything(let path) in choices.prefix(1) {
            return [first + "; '\(path)' changed, so everything runs"]
        }
        let left = zip(members, choices).filter { !$0.1.runs }.map(\.0.name)
        if !left.isEmpty {
            let shown = left.prefix(limit ?? left.count)
            let more = left.count - shown.count
            first +=
                "; left out: " + shown.joined(separator: ", ")
                + (more > 0 ? ", … (\(more) more, -v names all)" : "")
        }
        let silent = zip(members, choices).filter { $0.1 == .declaresNothing }.map(\.0)
        guard !silent.isEmpty else { return [first] }
        let names = silent.prefix(limit ?? silent.count).map(\.name).joined(separator: ", ")
        let more = silent.count > (limit ?? silent.count) ? ", …" : ""
        return [
            first,
            "\(silent.count) without `paths:` always run\(silent.count == 1 ? "s" : ""): \(names)\(more)",
        ]
    }
}
