import AssayAudio
import Testing

/// One metric: a call that moves it, what it must be then, and a call that must leave it alone.
struct MetricCase: Sendable, CustomTestStringConvertible {
    var kind: CallMeasurement.Kind
    var moved: CallScript
    /// Milliseconds; censored ones negative.
    var values: [Double]
    var unmoved: CallScript
    var rest: [Double]

    init(
        _ kind: CallMeasurement.Kind, _ moved: CallScript, _ values: [Double], unmoved: CallScript,
        _ rest: [Double] = []
    ) {
        (self.kind, self.moved, self.values, self.unmoved, self.rest) = (kind, moved, values, unmoved, rest)
    }

    var testDescription: String { "\(kind.metric): \(moved.name), not \(unmoved.name)" }
}

/// A greeting, a question, an answer, and the caller hangs up.
private let talk: Part = bot(300, 1300) + quiet(0, 2000) + say(2000, 3000) + bot(3500, 4500)
private let wholeCall: Part = talk + hangUp(5000)

extension MetricCase {
    static let greetings: [MetricCase] = [
        MetricCase(
            .greeting, CallScript("a greeting", wholeCall), [300],
            unmoved: CallScript(
                "a bot that waits for the caller", say(200, 1000), bot(1500, 2000), hangUp(2100))),
        MetricCase(
            .greeting, CallScript("a silent bot", bot(0, 2000, voiced: false), hangUp(2000)), [-2000],
            unmoved: CallScript(
                "silence before it", bot(0, 300, voiced: false), wholeCall), [300]),
        MetricCase(
            .firstFrame, CallScript("silence first", bot(40, 300, voiced: false), wholeCall), [40],
            unmoved: CallScript("no silence first", wholeCall), [300]),
        MetricCase(
            .firstFrame, CallScript("no frame at all", quiet(0, 2000), hangUp(2000)), [-2000],
            unmoved: CallScript("one frame", bot(100, 120), hangUp(2000)), [100]),
    ]

    static let answers: [MetricCase] = [
        MetricCase(
            .response, CallScript("an answer", wholeCall), [520],
            unmoved: CallScript(
                "a bot that goes on over the caller", bot(300, 6000), say(2000, 3000), hangUp(6000)),
            [-3020]),
        MetricCase(
            .response, CallScript("no answer", say(500, 1000), quiet(1000, 4000), hangUp(4000)), [-3020],
            unmoved: CallScript(
                "a hangup for an answer", say(500, 1000), [(2000, .ended(.fin)), (2100, .close)])),
        MetricCase(
            .response,
            CallScript("a broken connection", say(500, 1000), [(2000, .ended(.reset)), (2100, .close)]),
            [-1020],
            unmoved: CallScript("no speech of the caller", bot(300, 1300), quiet(0, 2000), hangUp(2000))),
        MetricCase(
            .response,
            CallScript(
                "two questions", talk, say(6000, 7000), bot(7200, 8000), hangUp(9000)),
            [520, 220],
            unmoved: CallScript(
                "two utterances for one question", say(0, 1000), bot(1200, 1800), bot(2800, 3800),
                hangUp(4000)), [220]),
        MetricCase(
            .response,
            CallScript(
                "the caller stops the bot, which then answers", bot(100, 1200), say(1000, 2000),
                bot(2100, 3000),
                hangUp(3500)), [120],
            unmoved: CallScript(
                "pauses of a bot that does not listen", bot(100, 1900), bot(2100, 3000), say(1000, 2000),
                hangUp(3500)),
            [-1520]),
        MetricCase(
            .response,
            CallScript(
                "an answer while a burst still plays", burst(100, 4000), say(500, 1000), bot(1400, 1600),
                hangUp(4500)),
            [420],
            unmoved: CallScript(
                "a caller who goes on after a breath", say(0, 1000), say(1200, 2000), bot(2300, 3000),
                hangUp(3500)),
            [320]),
        MetricCase(
            .response,
            CallScript(
                "a question asked again", say(0, 1000), say(3000, 4000), bot(4480, 5000), hangUp(5500)),
            [-2020, 500],
            unmoved: CallScript("a question asked once", say(3000, 4000), bot(4480, 5000), hangUp(5500)),
            [500]),
        MetricCase(
            .early,
            CallScript(
                "a start told after the first voiced frame", [(980, .wrote(voiced: true, late: 0))],
                bot(990, 1300), say(1000, 3000), hangUp(5000)), [1990],
            unmoved: CallScript(
                "noise that the bot speaks over", [(0, .wrote(voiced: true, late: 0))], bot(500, 1000),
                say(2000, 3000), hangUp(5000))),
        MetricCase(
            .early, CallScript("an answer before the end", say(1000, 3000), bot(2480, 4000), hangUp(5000)),
            [500],
            unmoved: CallScript("an answer after it", wholeCall)),
        MetricCase(
            .response,
            CallScript(
                "an answer before the end, then another", say(1000, 3000), bot(2480, 3200),
                bot(4000, 5000), hangUp(5500)), [1020],
            unmoved: CallScript(
                "only an answer before the end", say(1000, 3000), bot(2480, 4000), hangUp(5000))),
        MetricCase(
            .early,
            CallScript("a start within the frame before", say(1000, 3000), bot(2979, 4000), hangUp(5000)),
            [1],
            unmoved: CallScript(
                "speech that began before the caller's", bot(500, 2000), say(1000, 3000), hangUp(5000))),
    ]

    static let playout: [MetricCase] = [
        MetricCase(
            .lead, CallScript("a burst of 1 s", burst(300, 1000), hangUp(3000)), [980],
            unmoved: CallScript("paced frames", bot(300, 1300), hangUp(3000)), [0]),
        MetricCase(
            .lead,
            CallScript(
                "two utterances, the second hasty", bot(0, 500), bot(2000, 2250, every: 10), hangUp(4000)),
            [0, 240],
            unmoved: CallScript("late frames", bot(0, 500), bot(530, 1000), hangUp(4000)), [0]),
        MetricCase(
            .predictedLoss, CallScript("a burst of 4 s", burst(300, 4000), hangUp(5000)), [3680],
            unmoved: CallScript("a burst of 96 frames", burst(300, 1920), hangUp(5000)), [0]),
        MetricCase(
            .predictedLoss, CallScript("a burst of 97 frames", burst(300, 1940), hangUp(5000)), [1620],
            unmoved: CallScript("8 s on time", bot(0, 8000), hangUp(9000)), [0]),
        MetricCase(
            .predictedLoss, CallScript("a burst, then paced", burst(300, 4000), bot(320, 5000), hangUp(5000)),
            [3680],
            unmoved: CallScript(
                "bursts that are played before the next", burst(0, 1900), burst(2000, 1900), hangUp(5000)),
            [0]),
        MetricCase(
            .hole, CallScript("100 ms without audio", bot(0, 500), bot(600, 1000), hangUp(2000)), [100],
            unmoved: CallScript("40 ms without audio", bot(0, 500), bot(540, 1000), hangUp(2000))),
        MetricCase(
            .hole,
            CallScript(
                "a hole in the quiet of a word", bot(0, 200), bot(200, 260, voiced: false), bot(360, 600),
                hangUp(2000)),
            [100],
            unmoved: CallScript(
                "a pause filled with silence", bot(0, 500), bot(500, 900, voiced: false), bot(900, 1200),
                hangUp(2000))
        ),
        MetricCase(
            .hole, CallScript("two holes", bot(0, 200), bot(260, 400), bot(490, 600), hangUp(2000)),
            [60, 90],
            unmoved: CallScript("a gap between utterances", bot(0, 500), bot(1000, 1400), hangUp(2000))),
        MetricCase(
            .hole,
            CallScript(
                "a stall that the listener has played out", burst(0, 200), bot(300, 500), hangUp(2000)),
            [100],
            unmoved: CallScript(
                "a stall with audio still to play", burst(0, 300), bot(300, 500), hangUp(2000))),
        MetricCase(
            .hole,
            CallScript(
                "the caller's end outside the gap", say(0, 400), bot(500, 1000), bot(1300, 1500), hangUp(2000)
            ),
            [300],
            unmoved: CallScript(
                "an answer soon after the end", bot(500, 1000), say(900, 1200), bot(1300, 1500), hangUp(2000))
        ),
        MetricCase(
            .wrongRate, CallScript("for half a second", bot(0, 460, of: 40), hangUp(3000)), [0.016],
            unmoved: CallScript("for the blink of an eye", bot(0, 100, of: 40), hangUp(3000))),
        MetricCase(
            .wrongRate, CallScript("as 12 kHz", bot(0, 1000, of: 30), hangUp(3000)), [0.012],
            unmoved: CallScript("chunks ahead of time", bot(0, 1000, every: 200, of: 400), hangUp(5000))),
        MetricCase(
            .lead, CallScript("a burst, then paced", burst(300, 400), bot(600, 1000), hangUp(3000)), [380],
            unmoved: CallScript("a short last frame", bot(0, 500), bot(500, 508, of: 7.5), hangUp(3000)), [0]),
        MetricCase(
            .predictedLoss, CallScript("a second burst", burst(0, 4000), burst(1000, 1920), hangUp(5000)),
            [3680],
            unmoved: CallScript("nothing", hangUp(5000)), [0]),
        MetricCase(
            .wrongRate,
            CallScript("16 kHz sent as 8 kHz", bot(0, 1000, of: 40), hangUp(3000)), [0.016],
            unmoved: CallScript("a burst", burst(0, 4000), hangUp(5000))),
        MetricCase(
            .wrongRate,
            CallScript("and in frames of the usual length", bot(0, 1000, every: 10), hangUp(3000)), [0.016],
            unmoved: CallScript("8 kHz sent as 8 kHz", bot(0, 1000), hangUp(3000))),
    ]

    static let voices: [MetricCase] = [
        MetricCase(
            .bargeStop,
            CallScript(
                "a second noise, and nothing known of where speech begins",
                [(0, .wrote(voiced: true, late: 0)), (1000, .wrote(voiced: true, late: 0))], bot(500, 1800),
                hangUp(3000)), [800],
            unmoved: CallScript(
                "a noise before the bot", [(0, .wrote(voiced: true, late: 0))], bot(500, 1800), hangUp(3000))),
        MetricCase(
            .bargeStop, CallScript("a bot that stops", bot(0, 1300), say(1000, 1600), hangUp(3000)), [300],
            unmoved: CallScript("a caller who waits", bot(0, 1300), say(1400, 2000), hangUp(3000))),
        MetricCase(
            .bargeStop,
            CallScript(
                "a caller who had made a noise just before", [(700, .wrote(voiced: true, late: 0))],
                say(1000, 1600), bot(800, 1300), hangUp(3000)), [300],
            unmoved: CallScript(
                "a bot that had ended by then", say(0, 700), say(1400, 1600), bot(800, 1300), hangUp(3000))),
        MetricCase(
            .bargeStop, CallScript("a bot that never stops", bot(0, 4000), say(1000, 1600), hangUp(3000)),
            [-2000],
            unmoved: CallScript(
                "a bot that begins over the caller", say(1000, 2000), bot(1500, 2500), hangUp(3000))),
        MetricCase(
            .bargeStop,
            CallScript("a burst that cannot be stopped", burst(0, 2000), say(1000, 1600), hangUp(3000)),
            [1000],
            unmoved: CallScript("a caller who makes no sound", bot(0, 1300), quiet(1000, 1600), hangUp(3000))),
        MetricCase(
            .bargeStop,
            CallScript(
                "a bot that ends the call still speaking", bot(0, 1500), say(1000, 1600),
                [(1490, .ended(.fin)), (1600, .close)]),
            [-490],
            unmoved: CallScript(
                "a caller in the pause after an utterance", bot(0, 1300), say(1400, 2600), hangUp(3000))),
        MetricCase(
            .deadAir,
            CallScript("4 s of nothing", bot(0, 1000), say(1500, 2000), bot(6000, 6500), hangUp(7000)),
            [4000],
            unmoved: CallScript(
                "3 s of nothing", bot(0, 1000), say(1500, 2000), bot(5000, 5500), hangUp(7000))),
        MetricCase(
            .deadAir, CallScript("a silent bot", bot(0, 5000, voiced: false), quiet(0, 5000), hangUp(5000)),
            [-5000],
            unmoved: CallScript(
                "a caller who talks on", bot(0, 500), say(1000, 6000), bot(6200, 7000), hangUp(7500))),
        MetricCase(
            .deadAir,
            CallScript(
                "frames without voice", bot(0, 1000), bot(1000, 5000, voiced: false), bot(5000, 5500),
                hangUp(6000)),
            [4000],
            unmoved: CallScript("a burst that plays on", burst(0, 4000), say(6500, 7000), hangUp(7500))),
        MetricCase(
            .talkOver, CallScript("300 ms over the bot", bot(0, 1300), say(1000, 1600), hangUp(3000)), [300],
            unmoved: CallScript("taking turns", bot(0, 1000), say(1000, 1600), bot(1600, 2000), hangUp(3000)),
            [0]),
        MetricCase(
            .talkOver, CallScript("over a burst's playout", burst(0, 2000), say(1000, 1600), hangUp(3000)),
            [600],
            unmoved: CallScript("silence over the bot", bot(0, 1300), quiet(0, 2000), hangUp(3000)), [0]),
        MetricCase(
            .talkOver, CallScript("parts of frames", bot(0, 1000), say(990, 1590), hangUp(3000)), [10],
            unmoved: CallScript(
                "a call cut before the overlap", burst(0, 4000), hangUp(900), say(1000, 2000)), [0]),
    ]

    static let ends: [MetricCase] = [
        MetricCase(
            .hangup, CallScript("the peer follows", bot(0, 500), hangUp(1000, after: 30)), [30],
            unmoved: CallScript(
                "the peer ends it", bot(0, 500), [(1000, .ended(.fin)), (1100, .hungUp), (2000, .close)])),
        MetricCase(
            .hangup, CallScript("the peer never closes", bot(0, 500), hangUp(1000, peer: nil)), [-3000],
            unmoved: CallScript(
                "a peer that says 00 first",
                [(900, .ended(.hangupFrame)), (950, .hungUp), (1000, .ended(.fin)), (1100, .close)])),
        MetricCase(
            .hangup, CallScript("the peer resets", bot(0, 500), hangUp(1000, peer: .reset, after: 1200)),
            [1200],
            unmoved: CallScript("nobody hangs up", bot(0, 500), [(1000, .close)])),
        MetricCase(
            .hangup, CallScript("waited for in vain", [(1000, .hungUp), (1010, .close)]), [-10],
            unmoved: CallScript("our own reset, after which nobody waits", [(1000, .hungUp), (1000, .close)])),
        MetricCase(
            .hangup,
            CallScript("a hangup message is no end of the connection", hangUp(1000, peer: .hangupFrame)),
            [-3000],
            unmoved: CallScript(
                "the connection's end cuts a message", [(1000, .ended(.midFrame)), (1010, .close)])),
    ]

    static let all = [greetings, answers, playout, voices, ends].flatMap { $0 }
}
