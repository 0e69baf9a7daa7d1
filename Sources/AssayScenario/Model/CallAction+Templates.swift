public import AssayFormats

extension CallAction {
    /// What it computes when it runs.
    public var templates: [Template] {
        var found: [Template] = []
        _ = mapped {
            found.append($0)
            return $0
        }
        return found
    }

    /// Every sound that it names.
    public var sounds: [CallSound] {
        switch wish {
        case .say(let speech): speech.sounds
        case .response(let response): response.like.map { [$0] } ?? []
        case .bargeIn(let action): action.speech.sounds
        case .burst(let sound): [sound]
        default: []
        }
    }

    /// The same with every template changed, like when a run is planned.
    public func mapped(_ change: (Template) -> Template) -> CallAction {
        func mapped(_ sound: CallSound) -> CallSound {
            CallSound(path: change(sound.path), scenarioFile: sound.scenarioFile)
        }
        var result = self
        switch wish {
        case .connect(var connect):
            connect.to = change(connect.to)
            connect.uuid = connect.uuid.map(change)
            result.wish = .connect(connect)
        case .say(var speech):
            speech.sounds = speech.sounds.map(mapped)
            result.wish = .say(speech)
        case .response(var response):
            response.like = response.like.map(mapped)
            response.marker = response.marker.map(change)
            result.wish = .response(response)
        case .bargeIn(var action):
            action.speech.sounds = action.speech.sounds.map(mapped)
            result.wish = .bargeIn(action)
        case .digits(var digits):
            digits.digits = change(digits.digits)
            result.wish = .digits(digits)
        case .burst(let sound): result.wish = .burst(mapped(sound))
        case .greeting, .silence, .noise, .quiet, .ended, .hangUp, .stallReading, .splitHeader: break
        }
        return result
    }
}
