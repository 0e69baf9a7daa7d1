internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// Sends commands and judges their replies; the one implementation for tests and load.
    func perform(_ plan: PlannedRedis, _ step: PlannedStep) async -> StepEnd {
        let intended = intendedAt
        intendedAt = 0
        var action = plan.action
        if let choice = action.choice {
            do {
                action.on = try text(choice.template, step.names)
            } catch {
                return .failure(error)
            }
        }
        let client: RedisClient
        let commands: [[[UInt8]]]
        do throws(StepError) {
            client = try redisClient(action)
            commands = if let fixed = plan.fixed { fixed } else { try render(plan, step) }
        } catch {
            meter?.notSent(step, error.message)
            return .failure("redis", expected: "a command", actual: error.message, at: error.location)
        }
        let result = await client.pipeline(commands, timeout: plan.timeoutNanoseconds, in: scope)
        let exchange = client.last
        if exchange.outcome == .cancelled { return .cancelled }
        switch result {
        case .success(let replies):
            return judge(replies, to: commands, on: action.on, exchange, plan, step, intended)
        case .failure(let failure):
            var end = StepEnd.failure(
                "outcome", expected: "a reply", actual: context.masker.mask(failure.description),
                at: step.step.location)
            let report = { RedisReport(action.on, commands, exchange, masker: self.context.masker) }
            if journal != nil { end.exchange = report().failed(failure) }
            guard exchange.outcome != .notSent else {
                meter?.notSent(step, failure.description)
                return end
            }
            meter?.exchange(exchange, step, intendedAt: intended, isFailure: true)
            meter?.failure(exchange.outcome.name, step, end.mismatches) { report().failed(failure) }
            return end
        }
    }

    private func judge(
        _ replies: [RESPValue], to commands: [[[UInt8]]], on name: String, _ exchange: Exchange,
        _ plan: PlannedRedis,
        _ step: PlannedStep, _ intended: Int64
    ) -> StepEnd {
        let value: RESPValue = plan.action.isPipeline ? .array(replies) : replies[0]
        let error = replies.lazy.enumerated().compactMap { place, reply in
            reply.firstError.map { (place: place, words: $0) }
        }.first
        let isUnexpected = error != nil && !plan.judgesErrors
        meter?.exchange(exchange, step, intendedAt: intended, isFailure: isUnexpected)
        let report = {
            RedisReport(name, commands, exchange, masker: self.context.masker).answered(by: value)
        }
        var end = StepEnd()
        if journal != nil { end.exchange = report() }
        if let error, isUnexpected {
            let told = RedisReport.line(commands[error.place])
            let place =
                commands.count > 1 ? "reply \(error.place + 1) of \(commands.count), to \(told): " : ""
            end.mismatches = [
                Mismatch(
                    subject: "error", expected: "a value",
                    actual: context.masker.mask(place + error.words), location: step.step.location)
            ]
            // What looks at the value cannot hold, and what is taken from it is not there.
            for check in step.checks { meter?.check(check.index, passed: false) }
            end.isBroken = !step.captures.isEmpty
            let kind = error.words.prefix { $0 != " " }
            meter?.failure("error \(kind)", step, end.mismatches, sample: report)
            return end
        }
        var answer = Answer()
        if value.bare.errorText == nil {
            answer.reply = value.json
            answer.json = answer.reply
        }
        answer.errorReply = error?.words
        answer.durationNanoseconds = exchange.serviceNanoseconds
        settle(answer, step, &end)
        if end.mismatches.isEmpty {
            meter?.slow(exchange, step, report: report)
        } else {
            meter?.failure(end.mismatches[0].subject, step, end.mismatches, sample: report)
        }
        return end
    }

    // MARK: commands

    private func render(_ plan: PlannedRedis, _ step: PlannedStep) throws(StepError) -> [[[UInt8]]] {
        var commands: [[[UInt8]]] = []
        for (place, command) in plan.commands.enumerated() {
            var words: [[UInt8]] = []
            for word in command {
                switch word {
                case .bytes(let bytes): words.append(bytes)
                case .value(let template):
                    let value: JSON
                    do {
                        value = try evaluate(template, step.names)
                    } catch {
                        throw StepError(error.message, at: error.location ?? step.step.location)
                    }
                    if value == .null {
                        let source = template.templates.first?.source ?? "null"
                        let which = plan.commands.count > 1 ? " of command \(place + 1)" : ""
                        throw StepError(
                            "word \(words.count + 1)\(which), \(source), is null; `\"\"` is an empty word",
                            at: step.step.location)
                    }
                    words.append(Array(value.templateText.utf8))
                }
            }
            commands.append(words)
        }
        return commands
    }

    // MARK: clients

    /// The session's client of a Redis, made with the first step that names it.
    private func redisClient(_ action: RedisAction) throws(StepError) -> RedisClient {
        if let known = redis.first(where: { $0.name == action.on }) { return known.client }
        let client = RedisClient(try redisAddress(action), on: reactor)
        redis.append((action.on, client))
        return client
    }

    /// `url` says as whom and which database; a `socket` is the shorter way there.
    private func redisAddress(_ action: RedisAction) throws(StepError) -> RedisAddress {
        let member = context.constants[action.on]
        let socket = member?["socket"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        guard let url = member?["url"]?.stringValue else {
            if let socket { return RedisAddress(.unix(path: socket)) }
            throw StepError(
                "'\(action.on)' has neither `url` nor `socket`, so there is no Redis to ask",
                at: action.onLocation)
        }
        do {
            var address = try RedisAddress(parsing: url)
            if let socket { address.place = .unix(path: socket) }
            return address
        } catch {
            throw StepError("the url of '\(action.on)' is no Redis address: \(error)", at: action.onLocation)
        }
    }
}
