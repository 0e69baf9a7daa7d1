internal import AssayCore
internal import AssayFormats

/// Reads one entry of `scenarios`; a field that its executor does not have is refused, as k6 does.
struct K6ScenarioReading {
    private let name: String
    private var fields: K6Fields

    var problems: [String] { fields.problems }

    init(name: String, _ object: JSONObject) {
        self.name = name
        fields = K6Fields(object, owner: "scenario '\(name)': ")
    }

    static let executors = [
        "constant-arrival-rate", "constant-vus", "externally-controlled", "per-vu-iterations",
        "ramping-arrival-rate", "ramping-vus", "shared-iterations",
    ]

    mutating func draft() -> K6ScenarioDraft? {
        guard let executor = fields.text("executor"), !executor.isEmpty else {
            if fields.problems.isEmpty {
                fields.say("`executor` is missing: one of \(Self.executors.joined(separator: ", "))")
            }
            return nil
        }
        var draft = K6ScenarioDraft(name: name, executor: executor)
        draft.startTime = fields.duration("startTime")
        draft.gracefulStop = fields.duration("gracefulStop")
        draft.env = fields.textMap("env")
        draft.exec = fields.text("exec")
        draft.tags = fields.textMap("tags")
        if fields.value("options")?.objectValue?["browser"] != nil {
            fields.say("`options.browser` needs a browser, which is not supported")
        }
        guard readWork(into: &draft) else { return nil }
        for name in fields.unknown {
            let near = nearestName(to: name, among: fields.known).map { "; did you mean '\($0)'?" } ?? ""
            fields.say("the executor \(executor) has no field '\(name)'\(near)")
        }
        return draft
    }

    /// - Returns: false for an executor that there is not.
    private mutating func readWork(into draft: inout K6ScenarioDraft) -> Bool {
        switch draft.executor {
        case "shared-iterations", "per-vu-iterations":
            draft.vus = fields.int("vus")
            draft.iterations = fields.int("iterations")
            draft.maxDuration = fields.duration("maxDuration")
        case "constant-vus":
            draft.vus = fields.int("vus")
            draft.duration = fields.duration("duration")
        case "ramping-vus":
            draft.startVUs = fields.int("startVUs")
            draft.stages = fields.stages("stages", strict: true)
            draft.gracefulRampDown = fields.duration("gracefulRampDown")
        case "constant-arrival-rate":
            draft.rate = fields.int("rate")
            draft.timeUnit = fields.duration("timeUnit")
            draft.duration = fields.duration("duration")
            readUsers(into: &draft)
        case "ramping-arrival-rate":
            draft.startRate = fields.int("startRate")
            draft.timeUnit = fields.duration("timeUnit")
            draft.stages = fields.stages("stages", strict: true)
            readUsers(into: &draft)
        case "externally-controlled":
            draft.vus = fields.int("vus")
            draft.maxVUs = fields.int("maxVUs")
            draft.duration = fields.duration("duration")
        default:
            let near = nearestName(to: draft.executor, among: Self.executors).map {
                "; did you mean '\($0)'?"
            }
            fields.say("there is no executor '\(draft.executor)'\(near ?? "")")
            return false
        }
        return true
    }

    private mutating func readUsers(into draft: inout K6ScenarioDraft) {
        draft.preAllocatedVUs = fields.int("preAllocatedVUs")
        draft.maxVUs = fields.int("maxVUs")
    }
}
