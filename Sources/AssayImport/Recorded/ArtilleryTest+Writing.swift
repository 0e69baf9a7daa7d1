internal import AssayCore
internal import AssayFormats
internal import AssayScenario

extension ArtilleryTest {
    /// The script as files of Assay's own, with a note for each part that they have no words for.
    ///
    /// - Parameter file: of the script, as notes show it.
    public func written(from file: String) -> ImportedFiles {
        var bundle = ImportedBundle(source: file, verb: "artillery")
        var profile = profile
        let start = SourceLocation(file: file, line: 1, column: 1)
        func note(_ message: String, _ location: SourceLocation?, _ subject: String = "") {
            bundle.notes.append(ImportNote(location: location ?? start, subject: subject, message: message))
        }
        for warning in warnings { note(warning.message, warning.location) }
        for check in checks {
            note("is not carried over: write it as a threshold", check.location, check.text)
        }
        if let processor {
            note(
                "hooks in JavaScript are not carried over; `assay load \(file)` runs them", start,
                processor.path)
        }
        // Scenarios are told apart by name and place, and read what other tools leave unset.
        var secrets = SecretMasking()
        for place in profile.scenarios.indices {
            var scenario = profile.scenarios[place].scenario
            secrets.mask(&scenario.steps)
            secrets.mask(&scenario.variables)
            scenario.location.column += place
            let known = Set(profile.feeds.map(\.name) + [LoadProfile.figuresName])
            scenario.variables += UnsetNames.names(in: scenario, known: known).map {
                .init(name: $0, value: .literal(.null), location: scenario.location)
            }
            profile.scenarios[place].scenario = scenario
        }
        for feed in profile.feeds {
            for column in feed.rows.first?.keys ?? [] where SecretNames.contains(column) {
                note("is written in clear: \(column)", start, "feed '\(feed.name)'")
            }
        }
        secrets.mask(&profile.setup)
        secrets.mask(&profile.teardown)
        bundle.summary = ["\(profile.scenarios.count) scenario\(profile.scenarios.count == 1 ? "" : "s")"]
        bundle.summary += secrets.summary
        return bundle.files(of: profile)
    }
}

/// Names that steps read, and that nothing sets for certain before.
enum UnsetNames {
    static func names(in scenario: Scenario, known: Set<String>) -> [String] {
        var set = known.union(scenario.parameters.map(\.name)).union(scenario.variables.map(\.name))
        set.formUnion(["env", "secret", "case", "feed", "index"])
        var unset: [String] = []
        func read(_ names: [(name: String, location: SourceLocation)], _ own: Set<String>) {
            for (name, _) in names where !set.contains(name) && !own.contains(name) && !unset.contains(name) {
                unset.append(name)
            }
        }
        func walk(_ steps: [Step], _ own: Set<String>, isCertain: Bool) {
            for step in steps {
                read(names(of: step), own)
                var inner = own
                var staysCertain = isCertain
                switch step.action {
                case .repeat(let action):
                    inner.insert(action.indexName)
                    if case .over(_, let name) = action.count { inner.insert(name) }
                case .if, .parallel: staysCertain = false
                default: break
                }
                walk(step.inner, inner, isCertain: staysCertain)
                if isCertain { for capture in step.captures { set.insert(capture.name) } }
            }
        }
        walk(scenario.steps, [], isCertain: true)
        return unset
    }

    /// What a step itself reads.
    private static func names(of step: Step) -> [(name: String, location: SourceLocation)] {
        var found: [(name: String, location: SourceLocation)] = []
        switch step.action {
        case .http(let action):
            found = action.allTemplates.flatMap(\.freeNames) + (action.base?.freeNames ?? [])
        case .ws(let action):
            if case .open(let opening) = action.wish {
                found = opening.request.allTemplates.flatMap(\.freeNames)
            }
            switch action.payload?.content.content {
            case .text(let text)?, .hex(let text)?, .base64(let text)?, .file(let text)?:
                found += text.freeNames
            case .json(let value)?: found += value.freeNames
            case nil: break
            }
        case .if(let action): found = action.condition.freeNames
        case .repeat(let action):
            switch action.count {
            case .times(let value), .over(let value, _): found = value.freeNames
            case .whileTrue(let condition, _): found = condition.freeNames
            }
        default: break
        }
        for check in step.expectation.checks {
            _ = check.matcher.map { value -> ValueTemplate in
                found += value.freeNames
                return value
            }
        }
        return found
    }
}
