internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayScript
internal import AssayWire

/// Steps that call functions of a script's own code.
extension Session {
    func perform(_ action: HookAction, _ step: PlannedStep) async -> StepEnd {
        switch await hooks?.call(.step, [action.function], of: self, step.names) {
        case .done: return StepEnd()
        case .missing?, nil:
            missed(action.function, step)
            return StepEnd()
        case .failed(let failure)?: return failed(failure, action.function, step)
        case .cancelled?: return .cancelled
        }
    }

    /// Whether a condition holds that is a function.
    func holds(_ function: String, _ step: PlannedStep) async -> Result<Bool, StepEnd> {
        let input = [("name", JSON.string(function))]
        return answer(await hooks?.call(.holds, [function], input, of: self, step.names), function, step)
    }

    /// Whether there is another round.
    func goesOn(_ function: String, _ step: PlannedStep) async -> Result<Bool, StepEnd> {
        answer(await hooks?.call(.goesOn, [function], of: self, step.names), function, step)
    }

    private func answer(
        _ end: SessionHooks.End?, _ function: String, _ step: PlannedStep
    ) -> Result<Bool, StepEnd> {
        switch end {
        case .done(let answer)?: return .success(answer["holds"] == .bool(true))
        case .failed(let failure)?: return .failure(failed(failure, function, step))
        case .cancelled?: return .failure(.cancelled)
        case .missing?, nil: return .success(true)
        }
    }

    // MARK: failures

    private func missed(_ function: String, _ step: PlannedStep) {
        let mismatch = Mismatch(
            subject: "function '\(function)'", expected: "to be exported by the processor",
            actual: "it is not", location: step.step.location)
        meter?.failure("error Undefined function \"\(function)\"", step, [mismatch]) { nil }
    }

    /// Counts a function's failure by what it says; the first one is told with its place.
    func failed(
        _ failure: ScriptProcessor.Failure, _ function: String, _ step: PlannedStep
    ) -> StepEnd {
        var mismatch = failure.exception.mismatch("the function '\(function)'")
        if let place = mismatch.location {
            mismatch.actual += " (\(place.file.split(separator: "/").last ?? ""):\(place.line))"
        }
        meter?.failure("error \(failure.code)", step, [mismatch]) { nil }
        var end = StepEnd(mismatches: [mismatch], isBroken: true)
        end.isCounted = true
        return end
    }

    // MARK: requests

    /// A request with functions before it, which may change it, and behind it, which see its answer.
    func perform(_ around: RequestHooks, _ plan: PlannedHTTP, _ step: PlannedStep) async -> StepEnd {
        guard let hooks else { return await perform(plan, step) }
        let key = hooks.nextKey()
        let shown = (around.before + around.after).joined(separator: ", ")
        let asked: JSON
        switch await hooks.call(
            .before, around.before, [("key", key), ("request", .object(around.request))], of: self, step.names
        )
        {
        case .done(let answer): asked = answer["request"] ?? [:]
        case .failed(let failure): return failed(failure, shown, step)
        case .cancelled: return .cancelled
        case .missing: asked = [:]
        }
        let request = changed(plan, asked, around.request, step)
        if let unsent = prepare(request, step) {
            let reason = unsent.mismatches.first?.actual ?? ""
            await tell(around.onError, "ERR_INVALID_URL", reason, key, step)
            return unsent
        }
        let end = await performPrepared(request, step)
        if !end.isCancelled, answered.outcome != .answered {
            let code = answered.outcome.nodeCode
            await tell(around.onError, code, answered.note ?? code, key, step)
        }
        guard !end.isCancelled, !around.after.isEmpty, answered.outcome == .answered else { return end }
        switch await hooks.call(
            .after, around.after, [("key", key), ("response", response(asked))], of: self, step.names)
        {
        case .done, .missing: return end
        case .failed(let failure): return failed(failure, shown, step)
        case .cancelled: return .cancelled
        }
    }

    /// Tells functions of a request that nothing answered; it has failed, whatever they do.
    private func tell(
        _ functions: [String], _ code: String, _ message: String, _ key: JSON, _ step: PlannedStep
    ) async {
        if functions.isEmpty { return }
        let error: JSON = ["code": .string(code), "message": .string(message)]
        let end = await hooks?.call(
            .failed, functions, [("key", key), ("error", error)], of: self, step.names)
        if case .failed(let failure)? = end { _ = failed(failure, functions.joined(separator: ", "), step) }
    }

    // MARK: WebSockets

    /// How a WebSocket is opened, as a function leaves it.
    ///
    /// - Returns: the request and the subprotocols; or how the step ends.
    func opening(
        _ hook: OpeningHook, _ plan: PlannedHTTP, _ protocols: [Template], _ step: PlannedStep
    ) async -> Result<(PlannedHTTP, [Template]), StepEnd> {
        let answer: JSON
        switch await hooks?.call(
            .connect, [hook.function], [("request", .object(hook.given))], of: self, step.names)
        {
        case .done(let given)?: answer = given["request"] ?? [:]
        case .missing?, nil: return .success((plan, protocols))
        case .failed(let failure)?: return .failure(failed(failure, hook.function, step))
        case .cancelled?: return .failure(.cancelled)
        }
        let place = step.step.location
        func text(_ value: JSON) -> Template { Template(constant: value.templateText, at: place) }
        var action = plan.action
        if let target = answer["target"]?.stringValue { action.url = text(.string(target)).inHTTP }
        var headers = (answer["options"]?["headers"]?.objectValue ?? [:]).filter {
            $0.key.lowercased() != "sec-websocket-protocol" && $0.value != .null
        }.map { HTTPAction.Field(name: $0.key, value: text($0.value)) }
        if let origin = answer["options"]?["origin"]?.stringValue,
            !headers.contains(where: { $0.name.lowercased() == "origin" })
        {
            headers.append(HTTPAction.Field(name: "Origin", value: text(.string(origin))))
        }
        action.headers = headers
        var planner = Planner(constants: context.constants)
        planner.projectFolder = context.projectFolder
        let words = answer["subprotocols"]
        return .success(
            (
                planner.plan(action, step.names, connect: plan.connect),
                (words?.arrayValue ?? [words].compactMap(\.self)).map(text)
            ))
    }

    // MARK: what functions are given and leave

    /// The answer as functions see it.
    private func response(_ request: JSON) -> JSON {
        var headers: [String: JSON] = [:]
        for field in http.headers.fields {
            let name = field.name.lowercased()
            if name == "set-cookie" {
                headers[name] = .array((headers[name]?.arrayValue ?? []) + [.string(field.value)])
            } else if let before = headers[name]?.stringValue {
                headers[name] = .string("\(before), \(field.value)")
            } else {
                headers[name] = .string(field.value)
            }
        }
        let exchange = http.last
        func milliseconds(_ nanoseconds: Int64) -> JSON { .double(Double(nanoseconds) / 1e6) }
        return [
            "statusCode": .int(Int64(exchange.status)),
            "headers": .object(JSONObject(headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
            "body": .string(String(decoding: http.body, as: UTF8.self)), "url": request["url"] ?? .null,
            "httpVersion": "1.1",
            "timings": [
                "phases": [
                    "firstByte": milliseconds(max(0, exchange.firstByteAt - exchange.writtenAt)),
                    "total": milliseconds(exchange.serviceNanoseconds),
                ]
            ],
        ]
    }

    /// The request as the functions left it, every template in it filled in.
    private func changed(
        _ plan: PlannedHTTP, _ asked: JSON, _ given: JSONObject, _ step: PlannedStep
    ) -> PlannedHTTP {
        let place = step.step.location
        func text(_ value: JSON) -> Template { Template(constant: value.templateText, at: place) }
        func fields(_ value: JSON?) -> [HTTPAction.Field] {
            (value?.objectValue ?? [:]).flatMap { name, value in
                (value.arrayValue ?? [value]).filter { $0 != .null }.map {
                    .init(name: name, value: text($0))
                }
            }
        }
        var action = plan.action
        action.hooks = nil
        if let method = asked["method"]?.stringValue { action.method = method.uppercased() }
        action.query = fields(asked["qs"])
        if var url = asked["url"]?.stringValue {
            if !action.query.isEmpty { url = String(url.prefix { $0 != "?" }) }
            action.url = Template(constant: url, at: place)
            action.base = nil
        }
        let headers = fields(asked["headers"])
        let known = Set(headers.map { $0.name.lowercased() })
            .union((given["headers"]?.objectValue ?? [:]).map { $0.key.lowercased() })
        action.headers = headers + action.headers.filter { !known.contains($0.name.lowercased()) }
        if asked["cookie"] != nil {
            let cookies = fields(asked["cookie"])
            action.cookies =
                cookies + action.cookies.filter { old in !cookies.contains { $0.name == old.name } }
        }
        if let json = asked["json"], json.isTruthy {
            action.body = .json(.literal(json))
        } else if let body = asked["body"], body.isTruthy {
            action.body = .text(text(body))
        } else if asked["form"]?.objectValue != nil {
            action.body = .form(fields(asked["form"]))
        } else if asked["formData"]?.objectValue == nil {
            action.body = .none
        }
        var planner = Planner(constants: context.constants)
        planner.projectFolder = context.projectFolder
        return planner.plan(action, step.names, connect: plan.connect)
    }
}

extension JSON {
    /// As JavaScript has it.
    fileprivate var isTruthy: Bool {
        switch self {
        case .null, .bool(false), .string(""), .int(0): false
        default: true
        }
    }
}
