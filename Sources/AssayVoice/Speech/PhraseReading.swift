internal import AssayAudio
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet

/// Reads the phrases of a speech double: a folder with WAV files and their JSON files, an index, or a mapping in place.
struct PhraseReading {
    let yaml: YAMLReading

    /// `audio/`, `audio/index.json`, or `{audio/hello.wav: Hello!}`.
    func read(_ node: YAMLNode, _ readFile: DoubleReader.FileSource) -> [SpokenPhrase] {
        if let pairs = node.pairs {
            return pairs.compactMap { pair in
                yaml.text(pair.value).flatMap { phrase(pair.name, text: $0, at: pair.key, readFile) }
            }
        }
        guard let path = yaml.string(node) else { return [] }
        return path.lowercased().hasSuffix(".json")
            ? index(path, at: node, readFile) : folder(path, at: node, readFile)
    }

    private func folder(_ path: String, at node: YAMLNode, _ readFile: DoubleReader.FileSource)
        -> [SpokenPhrase]
    {
        let own = yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? ""
        let names: [String]
        do {
            names = try Files.names(in: path.hasPrefix("/") ? path : own + path)
        } catch {
            yaml.error(
                "AS123", "the folder of phrases cannot be read: \(error)", at: node,
                fix: "name a folder with WAV files, from the folder of this file")
            return []
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        let phrases = names.filter { $0.lowercased().hasSuffix(".wav") }.compactMap { name -> SpokenPhrase? in
            guard let bytes = try? readFile(base + SpeechBounds.fileName(for: name)) else { return nil }
            do throws(SoundError) {
                guard let text = try SpeechBounds(parsing: bytes).transcript else { return nil }
                return phrase(base + name, text: text, at: node, readFile)
            } catch {
                yaml.error(
                    "AS395",
                    "'\(base + SpeechBounds.fileName(for: name))' does not say what is spoken: \(error.message)",
                    at: node, fix: error.fix)
                return nil
            }
        }
        if phrases.isEmpty, !yaml.bag.hasErrors {
            yaml.error(
                "AS396", "there is no WAV file with a transcript in '\(path)'", at: node,
                fix:
                    "put a JSON file beside each, like hello.json with {\"start-ms\": 0, \"end-ms\": 900, \"transcript\": \"Hello!\"}"
            )
        }
        return phrases
    }

    /// `{"hello.wav": "Hello!"}`, `[{"file": "hello.wav", "text": "Hello!"}]`, or such a list as `phrases` of an object, with
    /// `transcript` for `text`; files from the index's folder.
    private func index(_ path: String, at node: YAMLNode, _ readFile: DoubleReader.FileSource)
        -> [SpokenPhrase]
    {
        let json: JSON
        do {
            json = try JSON(parsing: readFile(path))
        } catch {
            yaml.error(
                "AS123", "the index of phrases cannot be read: \(error)", at: node,
                fix: "write {\"hello.wav\": \"Hello!\"} into it")
            return []
        }
        let list = (json["phrases"] ?? json).arrayValue
        let rows: [(file: String?, text: String?)] =
            list.map { $0.map { ($0["file"]?.stringValue, ($0["text"] ?? $0["transcript"])?.stringValue) } }
            ?? json.objectValue.map { $0.map { ($0.key, $0.value.stringValue) } } ?? []
        let base = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        guard !rows.isEmpty, rows.allSatisfy({ $0.file != nil && $0.text != nil }) else {
            yaml.error(
                "AS395", "'\(path)' is no index of phrases", at: node,
                fix: "write {\"hello.wav\": \"Hello!\"}, or [{\"file\": \"hello.wav\", \"text\": \"Hello!\"}]"
            )
            return []
        }
        return rows.compactMap { row in
            phrase(base + (row.file ?? ""), text: row.text ?? "", at: node, readFile)
        }
    }

    private func phrase(_ path: String, text: String, at node: YAMLNode, _ readFile: DoubleReader.FileSource)
        -> SpokenPhrase?
    {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path)
        } catch {
            yaml.error(
                "AS123", "the phrase's sound cannot be read: \(error)", at: node, fix: "name a WAV file")
            return nil
        }
        do {
            return SpokenPhrase(name: path, text: text, file: bytes, sound: try Sound(wav: bytes))
        } catch {
            yaml.error(
                "AS380", "'\(path)' is no sound that can be said: \(error.message)", at: node, fix: error.fix)
            return nil
        }
    }
}
