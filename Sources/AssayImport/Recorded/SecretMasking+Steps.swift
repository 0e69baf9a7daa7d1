internal import AssayFormats
internal import AssayScenario

extension SecretMasking {
    /// Values of variables that are called like secrets.
    mutating func mask(_ variables: inout [Scenario.Variable]) {
        for place in variables.indices where SecretNames.contains(variables[place].name) {
            let variable = variables[place]
            variables[place].value = masked(variable.value, key: variable.name, isSecret: true)
        }
    }

    /// The requests of steps, and of those inside them.
    mutating func mask(_ steps: inout [Step]) {
        for place in steps.indices {
            switch steps[place].action {
            case .http(var action):
                mask(&action)
                steps[place].action = .http(action)
            case .repeat(var action):
                mask(&action.steps)
                steps[place].action = .repeat(action)
            case .parallel(var action):
                mask(&action.steps)
                for branch in action.branches.indices { mask(&action.branches[branch]) }
                steps[place].action = .parallel(action)
            case .if(var action):
                mask(&action.then)
                mask(&action.otherwise)
                steps[place].action = .if(action)
            case .group(var action):
                mask(&action.steps)
                steps[place].action = .group(action)
            case .ws(var action):
                guard case .open(var opening) = action.wish else { break }
                mask(&opening.request)
                action.wish = .open(opening)
                steps[place].action = .ws(action)
            default: break
            }
        }
    }
}
