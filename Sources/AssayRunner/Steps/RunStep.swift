internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension Session {
    func perform(_ action: RunAction, _ step: PlannedStep) async -> StepEnd {
        let program: ProgramRequest
        do {
            program = try request(action, step.names)
        } catch {
            return .failure(error)
        }
        let begin = Reactor.monotonicNow()
        let result = await context.stand.run(program, on: reactor, in: scope)
        let length = Reactor.monotonicNow() - begin
        if scope.isCancelled { return .cancelled }
        switch result {
        case .failure(let error):
            return .failure(
                "run", expected: "the program to end", actual: error.message, at: step.step.location)
        case .success(let ended):
            var answer = Answer()
            answer.exit = ended.exit
            answer.text = ended.output
            answer.errorOutput = ended.errorOutput
            answer.json = try? JSON(parsing: ended.output)
            answer.durationNanoseconds = length
            var end = StepEnd()
            if journal != nil { end.exchange = report(program, ended, length) }
            settle(answer, step, &end)
            return end
        }
    }

    private func request(_ action: RunAction, _ names: NameTable) throws(TemplateError) -> ProgramRequest {
        let words: [String]
        switch action.command {
        case .shell(let template): words = ["/bin/sh", "-c", try text(template, names)]
        case .words(let templates): words = try texts(templates, names)
        }
        var environment: [(name: String, value: String)] = []
        for field in action.environment { environment.append((field.name, try text(field.value, names))) }
        var folder = context.projectFolder
        if let template = action.folder {
            let path = try text(template, names)
            folder = path.hasPrefix("/") ? path : folder + "/" + path
        }
        var input: String?
        if let template = action.input { input = try text(template, names) }
        return ProgramRequest(
            words: words, environment: environment, folder: folder, input: input,
            timeout: action.timeout ?? context.programTimeout)
    }

    private func texts(_ templates: [Template], _ names: NameTable) throws(TemplateError) -> [String] {
        var texts: [String] = []
        for template in templates { texts.append(try text(template, names)) }
        return texts
    }

    private func report(_ program: ProgramRequest, _ ended: ProgramAnswer, _ length: Int64) -> ExchangeReport
    {
        let command =
            program.words.first == "/bin/sh" ? program.words.last ?? "" : program.words.joined(separator: " ")
        let limit = 4096
        func bounded(_ text: String) -> String { text.count > limit ? text.prefix(limit) + "…" : text }
        let errors = ended.errorOutput.isEmpty ? "" : "\nstderr:\n" + bounded(ended.errorOutput)
        return ExchangeReport(
            summary: context.masker.mask(
                "\(command) → exit \(ended.exit) in \(shortText(nanoseconds: Double(length)))"),
            request: context.masker.mask(command),
            response: context.masker.mask(bounded(ended.output) + errors),
            outcome: Outcome.answered.name, serviceNanoseconds: length)
    }
}
