import AssayCore
import AssayFormats

extension OperationCases {
    /// Requests that the provider must accept: of examples, at every bound, by chance.
    ///
    /// - Returns: why there are none, when none can be made.
    public func valid() -> Result<[ProbeCase], GenerationProblem> {
        var cases: [ProbeCase] = []
        var seen: Set<RequestDraft> = []
        func add(_ found: ProbeCase?) {
            guard let found, cases.count < options.limit, !seen.contains(found.draft), holds(found.draft)
            else {
                return
            }
            seen.insert(found.draft)
            cases.append(found)
        }
        if options.phases.contains(.examples) { for found in examples() { add(found) } }
        if options.phases.contains(.coverage) {
            let room = options.phases.contains(.random) ? options.limit * 2 / 3 : options.limit
            for found in coverage() where cases.count < max(room, 1) { add(found) }
        }
        if options.phases.contains(.random) {
            let stream = random
            var attempt: UInt64 = 0
            while cases.count < options.limit, attempt < UInt64(options.limit) * 2 {
                let draft = try? base(.random, random: stream.split(attempt)).get()
                add(draft.map { makeCase(.random, "made by chance", $0) })
                attempt += 1
            }
        }
        if cases.isEmpty {
            switch base(.full) {
            case .failure(let problem): return .failure(problem)
            case .success(let draft):
                let wanted = !options.phases.isDisjoint(with: [.examples, .coverage, .random])
                guard wanted else { return .success([]) }
                let departures = departures(draft)?.sorted().joined(separator: ", ")
                return .failure(
                    GenerationProblem(
                        reason: departures.map { "the document refuses what was made: \($0)" }
                            ?? "the requests made would go to another operation"))
            }
        }
        return .success(cases)
    }

    /// A request with values for all its parts, or for those that must be there.
    func base(
        _ fullness: ValueMaker.Fullness, random: SeededRandom? = nil, prefersExamples: Bool = false
    ) -> Result<RequestDraft, GenerationProblem> {
        var draft = RequestDraft(method: operation.method, path: operation.path)
        var chance = random?.split(0)
        func isWanted(_ isRequired: Bool) -> Bool {
            switch fullness {
            case _ where isRequired: true
            case .least: false
            case .full: true
            case .random: chance?.chance(0.5) ?? false
            }
        }
        for (place, described) in parameters.enumerated() {
            let parameter = described.parameter
            guard isWanted(parameter.isRequired || described.fixed != nil) else { continue }
            switch value(of: described, fullness, random?.split(UInt64(place) + 1), prefersExamples) {
            case .success(let value): draft.arguments.append(.init(parameter, value))
            case .failure(let failure):
                guard parameter.isRequired else { continue }
                return .failure(GenerationProblem(reason: "\(described.place): \(failure.reason)"))
            }
        }
        guard let body = operation.body, isWanted(body.isRequired) else { return .success(draft) }
        var reason = "no media type of the body can be generated"
        let order = random.map { random in
            var random = random.split(1000)
            return random.shuffled(bodies)
        }
        for described in order ?? bodies {
            switch value(of: described, fullness, random?.split(1001), prefersExamples) {
            case .success(let value):
                draft.body = value
                return .success(draft)
            case .failure(let failure): reason = "body: \(failure.reason)"
            }
        }
        return body.isRequired ? .failure(GenerationProblem(reason: reason)) : .success(draft)
    }

    private func value(
        of described: Described, _ fullness: ValueMaker.Fullness, _ random: SeededRandom?,
        _ prefersExamples: Bool
    ) -> Result<JSON, GenerationFailure> {
        if let fixed = described.fixed { return .success(fixed) }
        if prefersExamples, let example = described.parameter.examples.first {
            return .success(example.value)
        }
        guard let values = described.values else {
            return .failure(GenerationFailure(reason: "there is no schema to make values from"))
        }
        return values.value(fullness, random: random, prefersExamples: prefersExamples)
    }

    private func value(
        of described: DescribedBody, _ fullness: ValueMaker.Fullness, _ random: SeededRandom?,
        _ prefersExamples: Bool
    ) -> Result<RequestDraft.Body, GenerationFailure> {
        if prefersExamples, let example = described.media.examples.first {
            return .success(.value(example.value, mediaType: described.type, files: described.files))
        }
        guard let values = described.values else {
            return .success(.bytes(Array("assay".utf8), mediaType: described.type))
        }
        return values.value(fullness, random: random, prefersExamples: prefersExamples).map {
            .value($0, mediaType: described.type, files: described.files)
        }
    }

    // MARK: Phases

    private func examples() -> [ProbeCase] {
        guard let least = try? base(.least).get() else { return [] }
        var found: [ProbeCase] = []
        if let draft = try? base(.full, prefersExamples: true).get() {
            found.append(makeCase(.examples, "the examples of the document", draft))
        }
        for described in parameters where described.fixed == nil {
            for example in described.parameter.examples {
                var draft = least
                draft.put(described.parameter, example.value)
                found.append(makeCase(.examples, "\(described.place): \(Self.title(example))", draft))
            }
        }
        for described in bodies {
            for example in described.media.examples {
                var draft = least
                draft.body = .value(example.value, mediaType: described.type, files: described.files)
                found.append(makeCase(.examples, "body: \(Self.title(example))", draft))
            }
        }
        return found
    }

    private static func title(_ example: APIExample) -> String {
        example.name.map { "the example '\($0)'" } ?? "the example"
    }

    private func coverage() -> [ProbeCase] {
        guard let least = try? base(.least).get() else { return [] }
        var first: [ProbeCase] = [makeCase(.coverage, "required parts only", least)]
        let full = try? base(.full).get()
        if let full { first.append(makeCase(.coverage, "every part", full)) }
        var lists: [[ProbeCase]] = []
        for described in parameters where described.fixed == nil {
            let parameter = described.parameter
            var list: [ProbeCase] = []
            if !parameter.isRequired, var without = full {
                without.drop(parameter.name, in: parameter.place)
                list.append(makeCase(.coverage, "\(described.place) left out", without))
            }
            for made in described.values?.coverage() ?? [] {
                var draft = least
                draft.put(parameter, made.value)
                list.append(makeCase(.coverage, described.place + made.what.dropFirst(), draft))
            }
            lists.append(list)
        }
        if operation.body?.isRequired == false, var without = full {
            without.body = .none
            lists.append([makeCase(.coverage, "body left out", without)])
        }
        for described in bodies {
            lists.append(
                (described.values?.coverage() ?? []).map { made in
                    var draft = least
                    draft.body = .value(made.value, mediaType: described.type, files: described.files)
                    return makeCase(.coverage, "body \(made.what)", draft)
                })
        }
        return first + ValueCoverage.interleaved(lists)
    }
}

/// Why no requests can be made for an operation.
public struct GenerationProblem: Error, Sendable, Hashable {
    /// One sentence without a full stop.
    public var reason: String
    public init(reason: String) { self.reason = reason }
}

extension RequestDraft {
    /// Gives a parameter this value, whether it had one or not.
    mutating func put(_ parameter: APIParameter, _ value: JSON) {
        if argument(parameter.name, in: parameter.place) == nil {
            arguments.append(.init(parameter, value))
        } else {
            set(parameter.name, in: parameter.place, to: value)
        }
    }
}
