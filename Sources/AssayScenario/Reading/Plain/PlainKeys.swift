import AssayCore
import AssayFormats

/// A key as teams spell it, in pieces: `ramp_up`, `rampUp` and `ramp-up-minutes` begin the same.
struct PlainWords: Sendable, Equatable {
    var words: [String] = []

    init(_ key: String) {
        var word = ""
        var lastIsLower = false
        for character in key {
            let breaks = character.isUppercase && lastIsLower
            if breaks || !(character.isLetter || character.isNumber) {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if character.isLetter || character.isNumber { word += character.lowercased() }
            lastIsLower = character.isLowercase || character.isNumber
        }
        if !word.isEmpty { words.append(word) }
    }

    var joined: String { words.joined() }

    /// Units of time that a key may end in, in seconds.
    static let units: [String: Double] = [
        "ms": 0.001, "millis": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "secs": 1, "seconds": 1,
        "min": 60, "mins": 60, "minutes": 60, "h": 3600, "hours": 3600,
    ]

    /// The key without a unit of time at its end, and the unit in seconds.
    var withoutUnit: (joined: String, seconds: Double)? {
        guard words.count > 1, let last = words.last, let seconds = Self.units[last] else { return nil }
        return (words.dropLast().joined(), seconds)
    }
}

/// What a key of a plain profile means, with the spellings that are known of it.
enum PlainKey: String, CaseIterable, Sendable {
    case name, description, users, duration, ramp, rampDown, hold, spawnRate, rate, maximumUsers, scenarios
    case thresholds, stages, step, stepLength, start, atLeast, degrades, metric, lagBound, gracefulStop

    /// As a person would write it; the first is the one that messages name.
    var spellings: [String] {
        switch self {
        case .name: ["name", "profile"]
        case .description: ["description", "comment", "notes", "$schema"]
        case .users:
            [
                "users", "concurrent_calls", "concurrency", "concurrent_users", "calls", "vus",
                "virtual_users", "user_count",
            ]
        case .duration: ["duration", "run_time", "total_duration"]
        case .ramp: ["ramp_up", "ramp", "ramp_up_time", "ramp_up_duration"]
        case .rampDown: ["ramp_down", "ramp_down_time"]
        case .hold: ["hold", "hold_for", "steady_state", "plateau"]
        case .spawnRate: ["spawn_rate", "hatch_rate"]
        case .rate:
            [
                "arrival_rate", "rate", "calls_per_minute", "calls_per_second", "requests_per_second",
                "requests_per_minute", "rps", "rpm",
            ]
        case .maximumUsers: ["max_users", "max_concurrent_calls", "max_calls", "max_concurrency", "max_vus"]
        case .scenarios: ["scenarios", "scenario"]
        case .thresholds: ["thresholds", "nfr", "slo", "targets", "limits", "gates"]
        case .stages: ["stages"]
        case .step: ["step", "step_users", "step_calls"]
        case .stepLength: ["step_duration", "step_every", "step_interval", "step_time"]
        case .start: ["start", "start_users", "start_calls", "initial_users", "initial_calls"]
        case .atLeast: ["at_least", "min_users", "min_concurrent_calls"]
        case .degrades: ["degrades"]
        case .metric: ["metric"]
        case .lagBound: ["lag_bound"]
        case .gracefulStop: ["graceful_stop"]
        }
    }

    /// Whether its value is a time, which may have its unit in the key.
    var isTime: Bool {
        switch self {
        case .duration, .ramp, .rampDown, .hold, .stepLength, .lagBound, .gracefulStop: true
        default: false
        }
    }

    static let bySpelling: [String: PlainKey] = {
        var keys: [String: PlainKey] = [:]
        for key in allCases { for spelling in key.spellings { keys[PlainWords(spelling).joined] = key } }
        return keys
    }()

    /// - Returns: `nil` for a key that is not known.
    init?(_ words: PlainWords) {
        if let key = Self.bySpelling[words.joined] {
            self = key
        } else if let timed = words.withoutUnit, let key = Self.bySpelling[timed.joined], key.isTime {
            self = key
        } else {
            return nil
        }
    }
}

/// The members of a plain profile by what they mean; unknown ones and those said twice have been recorded.
struct PlainFields {
    private let yaml: YAMLReading
    private var pairs: [PlainKey: YAMLNode.Pair] = [:]
    /// The text of a `description`.
    private(set) var note: String?
    /// Keys that a misspelt one was near to: they are not told to be absent as well.
    private(set) var meant: Set<PlainKey> = []

    init(_ node: YAMLNode, _ yaml: YAMLReading) {
        self.yaml = yaml
        for pair in node.pairs ?? [] {
            guard let key = PlainKey(PlainWords(pair.name)) else {
                let near = nearestName(
                    to: pair.name.lowercased(), among: PlainKey.allCases.flatMap(\.spellings))
                if let key = near.flatMap({ PlainKey(PlainWords($0)) }) { meant.insert(key) }
                let known = PlainKey.allCases.map { $0.spellings[0] }.sorted().joined(separator: ", ")
                yaml.error(
                    "AS010", "'\(pair.name.prefix(40))' is not known in a plain profile", at: pair.key,
                    fix: near.map { "did you mean '\($0)'?" } ?? "known here: " + known)
                continue
            }
            if key == .description {
                if !pair.name.hasPrefix("$") { note = note ?? pair.value.stringValue }
                continue
            }
            if let other = pairs[key] {
                yaml.error(
                    "AS404", "the profile has both '\(other.name)' and '\(pair.name)', which mean the same",
                    at: pair.key, fix: "keep one of them")
                continue
            }
            pairs[key] = pair
        }
    }

    func has(_ key: PlainKey) -> Bool { pairs[key] != nil }
    func pair(_ key: PlainKey) -> YAMLNode.Pair? { pairs[key] }
    func value(_ key: PlainKey) -> YAMLNode? { pairs[key]?.value }

    /// Whether what is driven is spoken of as calls.
    var countsCalls: Bool { pairs.values.contains { PlainWords($0.name).words.contains("calls") } }

    /// A time with its unit in the value (`"30m"`) or in the key (`duration_minutes`).
    func time(_ key: PlainKey) -> Duration? {
        guard let pair = pairs[key] else { return nil }
        let words = PlainWords(pair.name)
        guard PlainKey.bySpelling[words.joined] == nil, let unit = words.withoutUnit else {
            if case .string = pair.value.content { return yaml.duration(pair.value) }
            if pair.value.scalarText == "0" { return .zero }
            yaml.error(
                "AS015", "'\(pair.name)' needs a unit, found \(pair.value.kindText)", at: pair.value,
                fix: "write \"\(pair.value.scalarText ?? "30")s\", or call it '\(pair.name)_seconds' or "
                    + "'\(pair.name)_minutes'")
            return nil
        }
        return yaml.double(pair.value, in: 0...1e9).map {
            .nanoseconds(Int64(min($0 * unit.seconds * 1e9, 9e18).rounded()))
        }
    }

    /// A number of users or calls.
    func count(_ key: PlainKey) -> Int? { value(key).flatMap { yaml.int($0, in: 1...1_000_000) } }

    /// A rate as a text with its unit, or a number with the unit in the key.
    func rate(_ key: PlainKey) -> Rate? {
        guard let pair = pairs[key] else { return nil }
        if case .string = pair.value.content { return yaml.rate(pair.value) }
        let words = PlainWords(pair.name).words
        let seconds: Double
        if words.contains("minute") || words == ["rpm"] {
            seconds = 60
        } else if words.contains("second") || words == ["rps"] || key == .spawnRate {
            seconds = 1
        } else {
            return yaml.rate(pair.value)
        }
        return yaml.double(pair.value, in: 0...1e9).map { Rate(perSecond: $0 / seconds) }
    }
}
