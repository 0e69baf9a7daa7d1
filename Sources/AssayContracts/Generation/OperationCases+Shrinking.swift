import AssayFormats

extension OperationCases {
    /// Smaller cases of the same kind, the boldest first: valid ones stay valid, invalid ones stay wrong in the same
    /// places only.
    public func smaller(than found: ProbeCase) -> [ProbeCase] {
        var seen: Set<RequestDraft> = [found.draft]
        return candidates(found).compactMap { draft in
            guard seen.insert(draft).inserted else { return nil }
            var smaller = found
            smaller.draft = draft
            return isSameKind(smaller, as: found) ? smaller : nil
        }
    }

    private func candidates(_ origin: ProbeCase) -> [RequestDraft] {
        let draft = origin.draft
        var found: [RequestDraft] = []
        if operation.body?.isRequired != true, draft.body != .none {
            var without = draft
            without.body = .none
            found.append(without)
        }
        for argument in draft.arguments where argument.place != .path {
            var without = draft
            without.drop(argument.name, in: argument.place)
            found.append(without)
        }
        if case .value(let value, let type, let files) = draft.body {
            for smaller in ValueShrinking.candidates(value) {
                var changed = draft
                changed.body = .value(smaller, mediaType: type, files: files)
                found.append(changed)
            }
        }
        for argument in draft.arguments
        where options.values[argument.name] == nil && !origin.learned.contains(argument.name) {
            for smaller in ValueShrinking.candidates(argument.value)
            where argument.place != .path || smaller != "" {
                var changed = draft
                changed.set(argument.name, in: argument.place, to: smaller)
                found.append(changed)
            }
        }
        return found
    }
}
