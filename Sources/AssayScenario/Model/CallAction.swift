public import AssayCore
public import AssayFormats

/// One thing that a caller does in a voice call, or waits for: AudioSocket, as Asterisk speaks it.
public struct CallAction: Sendable {
    /// Name of the call within the session: what `as` gave it and `on` says again.
    public var call: String
    /// Where the name stands; where the call itself does when it has the usual one.
    public var callLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case connect(CallConnect)
        /// The first voice of the other side since the call was connected.
        case greeting(within: Duration)
        case say(CallSpeech)
        case response(CallResponse)
        case bargeIn(CallBargeIn)
        case digits(CallDigits)
        /// Nothing is said; with `frames` false nothing is sent either, like a caller on hold.
        case silence(Duration, frames: Bool)
        /// White noise, `level` in dBFS.
        case noise(Duration, level: Double)
        /// The other side must not say anything for so long.
        case quiet(Duration)
        /// The other side must end the call; `nil` accepts both clean ways, `fin` and `00`.
        case ended(within: Duration, how: CallEnding?)
        /// The caller ends it; the other side must have closed within so long after that.
        case hangUp(CallHangup, within: Duration)
        /// Nothing is read for so long, while sending goes on.
        case stallReading(Duration)
        /// The next message is written in two parts, the second so much later.
        case splitHeader(at: Int, pause: Duration)
        /// A whole file as one write.
        case burst(CallSound)
    }

    public init(call: String, callLocation: SourceLocation, wish: Wish) {
        self.call = call
        self.callLocation = callLocation
        self.wish = wish
    }

    /// The name of a call that is given none.
    public static let usualName = "call"
}

/// A WAV file that a step names, relative to the scenario file.
public struct CallSound: Sendable {
    public var path: Template
    /// The file that names it.
    public var scenarioFile: String

    public init(path: Template, scenarioFile: String) {
        self.path = path
        self.scenarioFile = scenarioFile
    }

    /// Where the file is, as the scenario file's own path is written.
    public func place(of written: String) -> String { FileReader.resolve(written, from: scenarioFile) }

    /// The place, when nothing in it is computed.
    public var constantPlace: String? { path.constantText.map(place) }
}

/// Where a call goes, and how its audio is written.
public struct CallConnect: Sendable {
    /// `audiosocket://HOST:PORT`, or `HOST:PORT`.
    public var to: Template
    public var preset: CallPreset
    /// What is said apart from the preset; `nil` keeps the preset's.
    public var rate: Int?
    public var type: UInt8?
    public var encoding: CallEncoding?
    /// Of the first message; drawn when `nil`.
    public var uuid: Template?
    /// How long connecting may take.
    public var within: Duration
    /// Whether frames of silence are sent while the caller says nothing.
    public var fillsSilence: Bool
    /// Whether what the server sends is judged as Asterisk would; `nil`: for the presets of Asterisk itself.
    public var strict: Bool?
    /// Whether the recording is kept when nothing failed; `nil` takes the project's.
    public var keepsRecording: Bool?
    /// How long the other side must be silent for its turn to be over.
    public var turnPause: Duration

    public init(to: Template, preset: CallPreset = .asteriskApp) {
        self.to = to
        self.preset = preset
        within = .seconds(5)
        fillsSilence = true
        turnPause = .milliseconds(600)
    }

    /// Whether the server is judged as Asterisk would judge it.
    public var isStrict: Bool { strict ?? preset.isAsterisk }
}

/// Ways of sending audio that are found in the wild, with the names that the wire has for them.
public enum CallPreset: String, Sendable, CaseIterable {
    case asteriskApp = "asterisk-app"
    case asteriskChannel16 = "asterisk-chan16"
    case legacyChannel16 = "legacy-chan16"
    case mulawLegacy = "ulaw-legacy"

    /// A current Asterisk speaks so; the others are what servers of older ones expect.
    public var isAsterisk: Bool { self == .asteriskApp || self == .asteriskChannel16 }
}

public enum CallEncoding: String, Sendable, CaseIterable {
    case linear16
    case mulaw
}

/// What a caller says: files one after the other.
public struct CallSpeech: Sendable {
    public var sounds: [CallSound]
    /// How long to wait for the other side to end its turn first; `nil` speaks at once, over whatever is said.
    public var waits: Duration?
    public init(sounds: [CallSound], waits: Duration? = .seconds(30)) {
        self.sounds = sounds
        self.waits = waits
    }
}

/// The other side's next voice, from the end of what the caller said.
public struct CallResponse: Sendable {
    public var within: Duration
    public var like: CallSound?
    /// How alike, 0…1, it must be at least.
    public var likeness: Double
    /// A DTMF digit that is heard in front of the answer.
    public var marker: Template?
    /// Whether it may not begin while the caller still speaks.
    public var notEarly: Bool

    public init(
        within: Duration, like: CallSound? = nil, likeness: Double = 0.7, marker: Template? = nil,
        notEarly: Bool = false
    ) {
        self.within = within
        self.like = like
        self.likeness = likeness
        self.marker = marker
        self.notEarly = notEarly
    }
}

/// Speaking while the other side does.
public struct CallBargeIn: Sendable {
    /// From the begin of the other side's turn.
    public var after: Duration
    public var speech: CallSpeech
    /// How long the other side may go on; `nil` does not judge it.
    public var stopsWithin: Duration?
    /// How long to wait for the other side to begin, when it is silent.
    public var waits: Duration
    public init(
        after: Duration, speech: CallSpeech, stopsWithin: Duration? = nil, waits: Duration = .seconds(10)
    ) {
        self.after = after
        self.speech = speech
        self.stopsWithin = stopsWithin
        self.waits = waits
    }
}

/// Keys that a caller presses.
public struct CallDigits: Sendable {
    /// How they go: messages of their own, or tones within the audio.
    public enum Means: String, Sendable, CaseIterable { case frames, tones }
    public var digits: Template
    /// `nil` takes what the preset needs.
    public var means: Means?
    public init(digits: Template, means: Means? = nil) {
        self.digits = digits
        self.means = means
    }

    /// What may be pressed.
    public static let keys = "0123456789ABCD*#"
}

/// How the other side ended a call.
public enum CallEnding: String, Sendable, CaseIterable {
    case fin
    case hangup = "00"
    case reset = "rst"
    case midFrame = "mid-frame"
    case error = "ff"
}

/// How the caller ends it.
public enum CallHangup: String, Sendable, CaseIterable {
    case fin
    case frame = "00"
    case reset = "rst"
    case midFrame = "mid-frame"
}
