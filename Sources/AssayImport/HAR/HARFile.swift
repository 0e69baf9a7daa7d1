internal import AssayCore
internal import AssayFormats

/// An HTTP archive as far as it matters for a scenario. Source: HAR 1.2, and what browsers add to it.
struct HARFile {
    struct Page {
        var id: String
        var title: String
    }

    struct Field {
        var name: String
        var value: String
    }

    struct Part {
        var name: String
        var value: String?
        var fileName: String?
        var type: String?
    }

    struct Entry {
        var location: SourceLocation
        var page: String?
        /// Milliseconds since 1970; `nil` where the archive does not say.
        var started: Int64?
        /// Milliseconds.
        var length: Double
        /// `document`, `xhr`, `image`: of Chromium's archives.
        var resource: String?
        var method: String
        var url: String
        var headers: [Field]
        var cookies: [Field]
        var bodyType: String?
        var body: String?
        var parts: [Part]
        /// The request had a body that is not in the archive.
        var isBodyMissing: Bool
        var answer: Answer?

        var ended: Int64? { started.map { $0 + Int64(max(0, min(length, 1e12)).rounded()) } }
    }

    struct Answer {
        var status: Int
        var headers: [Field]
        var cookies: [Field]
        var type: String
        var text: String?
    }

    var pages: [Page] = []
    var entries: [Entry] = []
    /// Entries that are none, with what is wrong with them.
    var notes: [ImportNote] = []
}

extension HARFile {
    /// Reads an archive; entries that cannot be read are left out with a note.
    ///
    /// - Returns: `nil` after recording AS621 when it is no archive.
    init?(_ yaml: YAMLReading) {
        guard let log = yaml.root["log"], let list = log["entries"]?.elements else {
            yaml.error(
                "AS621",
                "this is no HTTP archive: expected `log` with a list of `entries`, found \(yaml.root.kindText)",
                at: yaml.root["log"] ?? yaml.root,
                fix: "save the recording in the browser's network panel as \"HAR with content\"")
            return nil
        }
        pages = (log["pages"]?.elements ?? []).compactMap { page in
            guard let id = page["id"]?.scalarText else { return nil }
            return Page(id: id, title: page["title"]?.stringValue ?? id)
        }
        for node in list {
            do throws(Problem) {
                entries.append(try Self.entry(node))
            } catch {
                notes.append(
                    ImportNote(
                        location: error.location, subject: "", message: "entry left out: \(error.message)"))
            }
        }
    }

    private struct Problem: Error {
        var message: String
        var location: SourceLocation
    }

    private static func entry(_ node: YAMLNode) throws(Problem) -> Entry {
        guard let request = node["request"] else {
            throw Problem(message: "it has no `request`", location: node.location)
        }
        guard let method = request["method"]?.stringValue, isToken(method) else {
            throw Problem(message: "its request has no method", location: request.location)
        }
        guard let url = request["url"]?.stringValue else {
            throw Problem(message: "its request has no URL", location: request.location)
        }
        var entry = Entry(
            location: node.location, page: node["pageref"]?.scalarText,
            started: node["startedDateTime"]?.stringValue.flatMap(RecordedTime.milliseconds),
            length: number(node["time"]) ?? 0, resource: node["_resourceType"]?.stringValue?.lowercased(),
            method: method.uppercased(), url: url, headers: fields(request["headers"]),
            cookies: fields(request["cookies"]), parts: [], isBodyMissing: false)
        if let post = request["postData"], post.pairs != nil {
            entry.bodyType = post["mimeType"]?.stringValue
            entry.body = post["text"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            entry.parts = (post["params"]?.elements ?? []).compactMap { part in
                guard let name = part["name"]?.stringValue else { return nil }
                return Part(
                    name: name, value: part["value"]?.scalarText, fileName: part["fileName"]?.stringValue,
                    type: part["contentType"]?.stringValue)
            }
            entry.isBodyMissing =
                entry.body == nil && entry.parts.isEmpty && (number(request["bodySize"]) ?? 0) > 0
        }
        entry.answer = node["response"].flatMap(answer)
        return entry
    }

    private static func answer(_ node: YAMLNode) -> Answer? {
        // Browsers write 0 for an exchange that never ended.
        guard let status = number(node["status"]), (100...999).contains(status) else { return nil }
        let content = node["content"]
        var text = content?["text"]?.stringValue
        if content?["encoding"]?.stringValue?.lowercased() == "base64" {
            text = text.flatMap(Base64.decode).flatMap { String(validating: $0, as: UTF8.self) }
        }
        return Answer(
            status: Int(status), headers: fields(node["headers"]), cookies: fields(node["cookies"]),
            type: (content?["mimeType"]?.stringValue ?? "").lowercased(), text: text)
    }

    private static func fields(_ node: YAMLNode?) -> [Field] {
        (node?.elements ?? []).compactMap { field in
            guard let name = field["name"]?.scalarText, !name.isEmpty else { return nil }
            return Field(name: name, value: field["value"]?.scalarText ?? "")
        }
    }

    private static func number(_ node: YAMLNode?) -> Double? {
        switch node?.content {
        case .int(let value)?: Double(value)
        case .double(let value)? where value.isFinite: value
        case .string(let text)?: Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    /// A method as requests have it. Source: RFC 9110 §5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 40
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }
}

/// Times of recordings.
enum RecordedTime {
    /// `2026-01-31T09:30:00.250Z` or with an offset, in milliseconds since 1970. Source: RFC 3339 §5.6.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func digits(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) })
            else {
                return nil
            }
            return Int64(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10),
            let hour = digits(11..<13),
            let minute = digits(14..<16), let second = digits(17..<19), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        var place = 19
        var fraction: Int64 = 0
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            let start = place
            while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
            let shown = String(decoding: bytes[start..<min(place, start + 3)], as: UTF8.self)
            fraction = Int64(shown + String(repeating: "0", count: max(0, 3 - shown.count))) ?? 0
        }
        var offset: Int64 = 0
        if place + 5 < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-"),
            let hours = digits(place + 1..<place + 3), let minutes = digits(place + 4..<place + 6)
        {
            offset = (hours * 60 + minutes) * (bytes[place] == UInt8(ascii: "-") ? -1 : 1)
        }
        let days = days(year, month, day)
        return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + fraction
    }

    /// Days since 1970, by eras of 400 years that begin on 1 March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
