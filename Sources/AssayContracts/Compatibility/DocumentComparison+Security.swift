/// Who may call an operation.
extension DocumentComparison {
    typealias Requirement = [String: [String]]

    func compareSecurity(_ old: [Requirement], _ new: [Requirement], _ scope: Scope) {
        let path = "security"
        // Names are the document's own; a scheme that was only renamed is the same.
        let before = old.map { $0.renamed(renamedSchemes) }
        let isOpen = before.isEmpty || before.contains { $0.isEmpty }
        let staysOpen = new.isEmpty || new.contains { $0.isEmpty }
        if isOpen, !staysOpen {
            return tell(.securityAdded, scope, path, after: new.map(\.text).joined(separator: " or "))
        }
        if !isOpen, staysOpen {
            return tell(.securityRemoved, scope, path, before: before.map(\.text).joined(separator: " or "))
        }
        // Whoever calls without any is refused nothing, whatever else he may show.
        let lost = isOpen ? [] : before.filter { one in !new.contains { one.satisfies($0) } }
        for one in lost {
            guard let close = new.first(where: { Set($0.keys) == Set(one.keys) }) else {
                tell(.securityAlternativeRemoved, scope, path, before: one.text)
                continue
            }
            for (scheme, scopes) in close.sorted(by: { $0.key < $1.key }) {
                for name in scopes where !(one[scheme] ?? []).contains(name) {
                    tell(.scopeAdded, scope, path, name: "'\(name)'", before: scheme)
                }
            }
        }
        for other in new where !other.isEmpty && !before.contains(where: { $0 == other }) {
            guard let close = before.first(where: { Set($0.keys) == Set(other.keys) }) else {
                tell(.securityAlternativeAdded, scope, path, after: other.text)
                continue
            }
            for (scheme, scopes) in close.sorted(by: { $0.key < $1.key }) {
                for name in scopes where !(other[scheme] ?? []).contains(name) {
                    tell(.scopeRemoved, scope, path, name: "'\(name)'", before: scheme)
                }
            }
        }
    }

    /// New names of schemes by their old ones, where only the name changed.
    var renamedSchemes: [String: String] {
        var names: [String: String] = [:]
        let known = Set(old.securitySchemes.map(\.name))
        let kept = Set(new.securitySchemes.map(\.name))
        for scheme in old.securitySchemes where !kept.contains(scheme.name) {
            let alike = new.securitySchemes.filter { !known.contains($0.name) && $0.kind == scheme.kind }
            if alike.count == 1 { names[scheme.name] = alike[0].name }
        }
        return names
    }

    func compareSecuritySchemes() {
        for scheme in old.securitySchemes {
            guard let other = new.securitySchemes.first(where: { $0.name == scheme.name }),
                other.kind != scheme.kind
            else { continue }
            tell(
                .securitySchemeChanged, Scope(), "security scheme \(scheme.name)", name: scheme.name,
                before: scheme.kind.text, after: other.kind.text, old: scheme.location, new: other.location)
        }
    }
}

extension [String: [String]] {
    fileprivate func renamed(_ names: [String: String]) -> [String: [String]] {
        Dictionary(map { (names[$0.key] ?? $0.key, $0.value) }) { first, _ in first }
    }

    /// Whether whoever has this has what is asked for.
    fileprivate func satisfies(_ wanted: [String: [String]]) -> Bool {
        wanted.allSatisfy { scheme, scopes in
            guard let own = self[scheme] else { return false }
            return scopes.allSatisfy(own.contains)
        }
    }

    /// `'oauth' (read, write) with 'key'`.
    fileprivate var text: String {
        sorted { $0.key < $1.key }.map { scheme, scopes in
            "'\(scheme)'" + (scopes.isEmpty ? "" : " (\(scopes.joined(separator: ", ")))")
        }.joined(separator: " with ")
    }
}

extension APISecurityScheme.Kind {
    fileprivate var text: String {
        switch self {
        case .apiKey(let place, let name): "a key in \(place.rawValue) '\(name)'"
        case .httpBasic: "HTTP basic"
        case .httpBearer: "a bearer token"
        case .http(let scheme): "HTTP \(scheme)"
        case .oauth2: "OAuth 2"
        case .openIdConnect: "OpenID Connect"
        case .mutualTLS: "mutual TLS"
        }
    }
}
