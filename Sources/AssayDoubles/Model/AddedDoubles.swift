public import AssayFormats
internal import Synchronization

/// A form of double that a module above this one brings: what stands in a double's mapping, and how it is read.
public struct AddedDouble: Sendable {
    /// Reads the value of the form's key; what is wrong with it goes into the reading's bag.
    public typealias Read = @Sendable (YAMLNode, YAMLReading) -> (any DoubleKind)?

    /// The key that says what the double is: `bot`.
    public var form: String
    /// One line of `assay double --help`.
    public var summary: String
    /// What it reads is an ``HTTPDoubleKind``, which may have faults beside it like every one.
    public var isHTTP: Bool
    public var read: Read

    public init(form: String, summary: String, isHTTP: Bool = false, read: @escaping Read) {
        self.form = form
        self.summary = summary
        self.isHTTP = isHTTP
        self.read = read
    }

    private static let shared = Mutex<[AddedDouble]>([])

    /// Lets every file that is read from now on have the form; once more does no harm.
    public static func connect(_ double: AddedDouble) {
        shared.withLock { known in
            known.removeAll { $0.form == double.form }
            known.append(double)
        }
    }

    static var connected: [AddedDouble] { shared.withLock { $0 } }
}

/// A kind of JSON file that is a double as it stands, and that a module above this one brings.
public struct AddedDoubleFile: Sendable {
    /// Reads the file; what is wrong with it goes into the bag.
    public typealias Read =
        @Sendable (_ path: String, _ bytes: [UInt8], _ bag: DiagnosticBag) -> (any DoubleOptions)?

    /// Whether a document is of the kind.
    public var isMeant: @Sendable (JSON) -> Bool
    public var read: Read

    public init(isMeant: @escaping @Sendable (JSON) -> Bool, read: @escaping Read) {
        self.isMeant = isMeant
        self.read = read
    }

    private static let shared = Mutex<[String: AddedDoubleFile]>([:])

    /// Lets every file that is read from now on be of the kind; once more does no harm.
    public static func connect(_ name: String, _ file: AddedDoubleFile) {
        shared.withLock { $0[name] = file }
    }

    static var connected: [AddedDoubleFile] {
        shared.withLock { known in known.sorted { $0.key < $1.key }.map(\.value) }
    }
}

/// Presets that modules above this one bring.
enum AddedPresets {
    private static let shared = Mutex<[any Preset.Type]>([])

    static func connect(_ preset: any Preset.Type) {
        shared.withLock { known in
            if !known.contains(where: { $0.name == preset.name }) { known.append(preset) }
        }
    }

    static var connected: [any Preset.Type] { shared.withLock { $0 } }
}

extension DoubleReader {
    /// Lets every file that is read from now on name the preset; once more does no harm.
    public static func connect(_ preset: any Preset.Type) { AddedPresets.connect(preset) }
}
