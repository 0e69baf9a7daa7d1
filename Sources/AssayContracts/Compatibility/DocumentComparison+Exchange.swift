internal import AssayCore

/// Parameters, bodies and responses of one operation.
extension DocumentComparison {
    func compareParameters(_ old: APIOperation, _ new: APIOperation, _ scope: Scope) throws(SchemaError) {
        // Path parameters are known by their place in the path.
        let names = Dictionary(
            zip(old.pathNames, new.pathNames).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
        func previous(_ parameter: APIParameter) -> APIParameter? {
            old.parameters.first { before in
                guard before.place == parameter.place else { return false }
                return switch parameter.place {
                case .path: (names[before.name] ?? before.name) == parameter.name
                case .header: before.name.lowercased() == parameter.name.lowercased()
                case .query, .cookie: before.name == parameter.name
                }
            }
        }
        var kept: Set<String> = []
        for parameter in new.parameters {
            let path = "\(parameter.place.rawValue) \(parameter.name)"
            guard let before = previous(parameter) else {
                let rule = parameter.isRequired ? DocumentRule.requiredParameterAdded : .parameterAdded
                tell(rule, scope, path, name: parameter.name, new: parameter.location)
                continue
            }
            kept.insert(before.pointer)
            try compare(before, parameter, path, scope)
        }
        for parameter in old.parameters where !kept.contains(parameter.pointer) {
            tell(
                .parameterRemoved, scope, "\(parameter.place.rawValue) \(parameter.name)",
                name: parameter.name,
                old: parameter.location)
        }
    }

    private func compare(
        _ old: APIParameter, _ new: APIParameter, _ path: String, _ scope: Scope
    ) throws(SchemaError) {
        func tell(_ rule: DocumentRule, before: String = "", after: String = "") {
            self.tell(
                rule, scope, path, name: new.name, before: before, after: after, old: old.location,
                new: new.location)
        }
        if !old.isRequired, new.isRequired { tell(.parameterBecameRequired) }
        if old.isRequired, !new.isRequired { tell(.parameterBecameOptional) }
        if !old.isDeprecated, new.isDeprecated { tell(.parameterDeprecated) }
        if old.writing != new.writing {
            tell(.parameterStyleChanged, before: old.writing, after: new.writing)
        }
        try compareSchemas(old.schemaPointer, new.schemaPointer, as: .request, scope, path, isText: true)
    }

    // MARK: Body

    func compareBody(_ old: APIBody?, _ new: APIBody?, _ scope: Scope) throws(SchemaError) {
        let path = "request body"
        switch (old, new) {
        case (nil, nil): return
        case (nil, let new?):
            tell(new.isRequired ? .requiredBodyAdded : .bodyAdded, scope, path, new: new.location)
        case (let old?, nil): tell(.bodyRemoved, scope, path, old: old.location)
        case (let old?, let new?):
            if !old.isRequired, new.isRequired {
                tell(.bodyBecameRequired, scope, path, old: old.location, new: new.location)
            }
            if old.isRequired, !new.isRequired {
                tell(.bodyBecameOptional, scope, path, old: old.location, new: new.location)
            }
            tellMedia(
                old.media, new.media, path, scope, (old.location, new.location),
                (.requestMediaTypeRemoved, .requestMediaTypeAdded))
            for (before, after) in pairs(old.media, new.media) {
                try compareSchemas(
                    before.schemaPointer, after.schemaPointer, as: .request, scope,
                    path + label(before, old.media))
            }
        }
    }

    private func tellMedia(
        _ old: [APIMedia], _ new: [APIMedia], _ path: String, _ scope: Scope,
        _ places: (old: SourceLocation, new: SourceLocation),
        _ rules: (removed: DocumentRule, added: DocumentRule)
    ) {
        for media in old where !new.contains(where: { $0.key == media.key || $0.covers(media) }) {
            tell(rules.removed, scope, path, name: media.key, old: media.location, new: places.new)
        }
        for media in new where !old.contains(where: { $0.key == media.key || $0.covers(media) }) {
            tell(rules.added, scope, path, name: media.key, old: places.old, new: media.location)
        }
    }

    // MARK: Responses

    func compareResponses(
        _ old: [APIResponse], _ new: [APIResponse], _ scope: Scope
    ) throws(SchemaError) {
        var compared: Set<String> = []
        for before in old {
            let path = "response \(before.key)"
            guard let after = new.replacing(before, of: old) else {
                tell(
                    before.isSuccess ? .successStatusRemoved : .statusRemoved, scope, path, name: before.key,
                    old: before.location)
                continue
            }
            compared.insert(before.key)
            try compare(before, after, path, scope)
        }
        for after in new where !compared.contains(after.key) && !old.contains(where: { $0.key == after.key })
        {
            let path = "response \(after.key)"
            guard let before = old.replacing(after, of: new) else {
                tell(.statusAdded, scope, path, name: after.key, new: after.location)
                continue
            }
            try compare(before, after, path, scope)
        }
    }

    private func compare(
        _ old: APIResponse, _ new: APIResponse, _ path: String, _ scope: Scope
    ) throws(SchemaError) {
        tellMedia(
            old.media, new.media, path, scope, (old.location, new.location),
            (.responseMediaTypeRemoved, .responseMediaTypeAdded))
        for (before, after) in pairs(old.media, new.media) {
            try compareSchemas(
                before.schemaPointer, after.schemaPointer, as: .response, scope,
                path + label(before, old.media))
        }
        func same(_ one: APIHeader, _ other: APIHeader) -> Bool {
            one.name.lowercased() == other.name.lowercased()
        }
        for before in old.headers {
            let place = "\(path) header \(before.name)"
            guard let after = new.headers.first(where: { same($0, before) }) else {
                tell(
                    before.isRequired ? .requiredHeaderRemoved : .headerRemoved, scope, place,
                    name: before.name, old: before.location, new: new.location)
                continue
            }
            if before.isRequired != after.isRequired {
                tell(
                    after.isRequired ? .headerBecameRequired : .headerBecameOptional, scope, place,
                    name: before.name, old: before.location, new: after.location)
            }
            try compareSchemas(
                before.schemaPointer, after.schemaPointer, as: .response, scope, place, isText: true)
        }
        for after in new.headers where !old.headers.contains(where: { same($0, after) }) {
            tell(
                .headerAdded, scope, "\(path) header \(after.name)", name: after.name, old: old.location,
                new: after.location)
        }
    }
}

extension APIOperation {
    /// Names of the parameters in the path, in its order.
    fileprivate var pathNames: [String] {
        path.split(separator: "{").dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        }
    }
}

extension APIParameter {
    /// How its value is written.
    fileprivate var writing: String {
        contentType ?? (isExploded ? "\(style.rawValue), exploded" : style.rawValue)
    }
}

extension APIResponse {
    /// `4XX` however it is written.
    fileprivate var key: String { name == "default" ? name : name.uppercased() }
    fileprivate var isSuccess: Bool { name.hasPrefix("2") }
}

extension [APIResponse] {
    /// What describes another version's response here.
    ///
    /// A success that was told beside a `default` is not replaced by the `default` of this version: that one says what
    /// else may happen, and a document without the success promises it no more.
    ///
    /// - Parameter others: all responses of the version that has it.
    fileprivate func replacing(_ response: APIResponse, of others: [APIResponse]) -> APIResponse? {
        guard let found = describing(response.key) else { return nil }
        let isLost =
            response.isSuccess && found.key == "default" && others.contains { $0.key == "default" }
        return isLost ? nil : found
    }

    /// The response that describes a status: its own, else that of its class, else `default`.
    fileprivate func describing(_ key: String) -> APIResponse? {
        if let own = first(where: { $0.key == key }) { return own }
        if let digit = key.first, digit.isNumber, !key.hasSuffix("XX"),
            let ranged = first(where: { $0.key == "\(digit)XX" })
        {
            return ranged
        }
        return first { $0.key == "default" }
    }
}
