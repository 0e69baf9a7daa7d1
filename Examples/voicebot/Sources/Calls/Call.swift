internal import AssayAudio
internal import AssayFormats
internal import AssayNet

/// One call from greeting to goodbye: listens, finds out what was meant, does it, answers.
///
/// Used on its reactor's thread only.
final class Call {
    let id: String
    let line: Line
    private let bot: Bot
    private var conversation = Conversation()
    private(set) var summary = CallSummary()
    private var isOver = false

    /// A caller who says nothing for so long is asked to repeat, and then left.
    private static let patience = Duration.seconds(15)
    /// Tools one after the other for one question.
    private static let mostRounds = 5

    init(_ id: String, on line: Line, of bot: Bot) {
        self.id = id
        self.line = line
        self.bot = bot
    }

    func greet() async { await say(Phrase.greeting) }

    /// Goes on until somebody hangs up.
    func run() async {
        var silences = 0
        while !isOver, line.end == nil {
            switch await line.next(within: Self.patience) {
            case .said(let utterance)?:
                silences = 0
                await answer(utterance)
            case .pressed("0")?:
                silences = 0
                await follow(
                    .use([ToolCall(id: "key", tool: .transferToOperator, arguments: ["reason": "pressed 0"])])
                )
            case .pressed?: continue
            case nil where line.end != nil: continue
            case nil:
                silences += 1
                if silences == 1 {
                    await say(Phrase.repeatPlease)
                } else {
                    await leave("silence", saying: Phrase.farewell)
                }
            }
        }
        summary.endedBy = line.end.map { $0.hungUpAt == nil ? $0.name : "bot" } ?? "bot"
    }

    // MARK: turns

    private func answer(_ utterance: Sound) async {
        summary.turns += 1
        let start = Reactor.monotonicNow()
        defer { bot.metrics.answered(inSeconds: Double(Reactor.monotonicNow() - start) / 1e9) }
        do throws(Trouble) {
            let text = try await bot.speech.text(of: utterance, in: id)
            bot.log.write(.info, "heard", [("call", .string(id)), ("text", .string(text))])
            guard !text.isEmpty else { return await say(Phrase.repeatPlease) }
            guard !Phrase.isFarewell(text) else { return await leave("goodbye", saying: Phrase.farewell) }
            conversation.add(.caller(text))
            try await follow(bot.brain.decide(conversation, in: id), round: 1)
        } catch {
            await apologise(for: error)
        }
    }

    /// Does what was decided, outside of a question.
    private func follow(_ decision: Decision) async {
        do throws(Trouble) { try await follow(decision, round: Self.mostRounds) } catch {
            await apologise(for: error)
        }
    }

    private func follow(_ decision: Decision, round: Int) async throws(Trouble) {
        switch decision {
        case .say(let text):
            conversation.add(.bot(text))
            if bot.defect == .lateAnswers { await bot.reactor.sleep(for: .milliseconds(2500)) }
            await say(text)
        case .use(let wishes):
            conversation.add(.wished(wishes))
            var trouble: Trouble?
            for wish in wishes { trouble = await use(wish) ?? trouble }
            if let trouble { throw trouble }
            if wishes.contains(where: { $0.tool == .transferToOperator }) {
                if bot.defect == .noTransfer {
                    await say(Phrase.transfer)
                } else {
                    await leave("transferred", saying: Phrase.transfer)
                }
            } else if round < Self.mostRounds {
                try await follow(bot.brain.decide(conversation, in: id), round: round + 1)
            } else {
                throw Trouble(backEnd: "model", reason: "it wants one tool after the other")
            }
        }
    }

    /// Models refuse a conversation in which a wish has no result, so there is one even when the tool failed.
    private func use(_ wish: ToolCall) async -> Trouble? {
        do throws(Trouble) {
            let result = try await bot.desk.run(wish, in: id)
            bot.log.write(.info, "used", [("call", .string(id)), ("tool", .string(wish.tool.rawValue))])
            conversation.add(.result(of: wish, result))
            return nil
        } catch {
            conversation.add(.result(of: wish, ["error": "unavailable"]))
            return error
        }
    }

    private func apologise(for trouble: Trouble) async {
        bot.metrics.countApology()
        bot.log.write(
            .warn, "trouble",
            [
                ("call", .string(id)), ("back_end", .string(trouble.backEnd)),
                ("reason", .string(trouble.reason)),
                ("asked", .bool(!trouble.isResting)),
            ])
        conversation.add(.bot(Phrase.trouble))
        await say(Phrase.trouble)
    }

    // MARK: speaking

    /// Begins to say something; the caller may interrupt it.
    private func say(_ text: String) async {
        do throws(Trouble) {
            line.say(try await bot.speech.sound(of: text, in: id))
        } catch {
            bot.log.write(.error, "nothing to say", [("call", .string(id)), ("reason", .string("\(error)"))])
            line.say(bot.speech.keptSound(of: Phrase.trouble) ?? bot.beep)
        }
    }

    private func leave(_ outcome: String, saying text: String) async {
        isOver = true
        summary.outcome = outcome
        await say(text)
        await line.hasSpoken()
        await line.hangUp()
    }
}
