extension Sound {
    /// Reads a WAV file: PCM of 8, 16, 24 or 32 bits (12 and 20 in the next whole byte), floating point of 32 or 64, µ-law and
    /// A-law, plain or EXTENSIBLE. Several channels are mixed down to one; samples of more than 16 bits are rounded.
    ///
    /// Chunks that are not needed are skipped, whatever they are. A data chunk of unknown length, as programs write it
    /// that cannot go back in their output (0, or 0x7FFFF000 and more), reaches to the end of the file; any other that
    /// is longer than the file means that the file was cut.
    ///
    /// - Throws: the offset in the file, what stands there, and what to do.
    /// - Complexity: O(bytes); never more memory than two bytes for each byte of the file.
    public init(wav bytes: [UInt8]) throws(SoundError) {
        try Self.checkContainer(bytes)
        let (layout, data) = try WAVChunks(bytes).layoutAndData()
        self.init(samples: try layout.samples(of: bytes[data]), rate: layout.rate)
    }

    private static func checkContainer(_ bytes: [UInt8]) throws(SoundError) {
        let head = bytes.prefix(4)
        if head.elementsEqual("RIFF".utf8), bytes.count >= 12 {
            guard bytes[8..<12].elementsEqual("WAVE".utf8) else {
                throw SoundError(
                    at: 8, "a RIFF file of type \(quoted(bytes[8..<12])), not 'WAVE'",
                    fix: "give a WAV file; others can be converted: ffmpeg -i IN -ac 1 OUT.wav")
            }
            return
        }
        let kinds: [([UInt8], String)] = [
            (Array("RIFX".utf8), "a big-endian WAV file (RIFX)"),
            (Array("RF64".utf8), "a WAV file above 4 GiB (RF64)"),
            (Array("OggS".utf8), "an Ogg file"), (Array("fLaC".utf8), "a FLAC file"),
            (Array("ID3".utf8), "an MP3 file"),
            (Array("FORM".utf8), "an AIFF file"), (Array(".snd".utf8), "an AU file"),
            ([0xFF, 0xFB], "an MP3 file"),
        ]
        if let kind = kinds.first(where: { bytes.starts(with: $0.0) }) {
            throw SoundError(
                at: 0, "this is \(kind.1), not a WAV file", fix: "convert it: ffmpeg -i IN -ac 1 OUT.wav")
        }
        let found = bytes.isEmpty ? "nothing" : bytes.count < 12 ? "\(bytes.count) bytes" : quoted(head)
        throw SoundError(
            at: 0, "a WAV file begins with 'RIFF', its length and 'WAVE'; found \(found)",
            fix: bytes.isEmpty ? "the file is empty: make it again" : "give a WAV file")
    }

    static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        let isText = bytes.allSatisfy { 0x20..<0x7F ~= $0 }
        if isText { return "'" + String(decoding: bytes, as: UTF8.self) + "'" }
        return bytes.map { (($0 < 16 ? "0" : "") + String($0, radix: 16)) }.joined(separator: " ")
    }
}

/// Walks through the chunks of a RIFF file.
struct WAVChunks {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Lengths that stand for "not known when this was written".
    private static let unknownLength = 0x7FFF_F000

    /// The first `fmt ` chunk and where the samples behind it are.
    func layoutAndData() throws(SoundError) -> (WAVLayout, Range<Int>) {
        var layout: WAVLayout?
        var place = 12
        while place + 8 <= bytes.count {
            let name = bytes[place..<(place + 4)]
            let length = Int(bytes[...].uint32(at: place + 4))
            let body = place + 8
            if name.elementsEqual("data".utf8) {
                guard let layout else {
                    throw SoundError(
                        at: place, "the data chunk stands before the fmt chunk that says how to read it",
                        fix: "convert the file: ffmpeg -i IN -ac 1 OUT.wav")
                }
                return (layout, try data(at: body, length: length, layout))
            }
            let (end, rest) = (body + length, bytes.count - body)
            guard length <= rest else {
                throw SoundError(
                    at: place + 4,
                    "chunk \(Sound.quoted(name)) is said to have \(length) bytes, but \(rest) follow",
                    fix: "the file was cut or is damaged: copy or make it again")
            }
            if layout == nil, name.elementsEqual("fmt ".utf8) {
                layout = try WAVLayout(parsing: bytes[body..<end])
            }
            // A chunk of odd length is followed by one byte that does not count.
            place = end + length % 2
        }
        throw SoundError(
            at: min(place, bytes.count),
            layout == nil ? "the file ends without a fmt chunk" : "the file ends without a data chunk",
            fix: "the file was cut or is damaged: copy or make it again")
    }

    private func data(at body: Int, length: Int, _ layout: WAVLayout) throws(SoundError) -> Range<Int> {
        let rest = bytes.count - body
        if length >= Self.unknownLength || length == 0 {
            return body..<(body + rest / layout.frameBytes * layout.frameBytes)
        }
        guard length <= rest else {
            throw SoundError(
                at: body - 4, "the data chunk is said to have \(length) bytes, but \(rest) follow",
                fix: "the file was cut: copy or make it again")
        }
        guard length % layout.frameBytes == 0 else {
            throw SoundError(
                at: body - 4,
                "\(length) bytes of data are not a whole number of \(layout.frameBytes)-byte samples",
                fix: "the file was cut or its header is wrong: make it again")
        }
        return body..<(body + length)
    }
}
