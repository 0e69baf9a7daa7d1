internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// Requests with something computed in them.
extension Session {
    /// A body up to here is read at once, a longer one while it is sent.
    private static let wholeFileBytes = 256 * 1024

    private enum Content {
        case bytes([UInt8]?)
        case upload(any HTTPUpload)
    }

    /// Writes the request into ``requestBytes``.
    func render(_ plan: PlannedHTTP, _ step: PlannedStep) -> Result<HTTPOrigin, StepError> {
        do {
            let names = step.names
            var target: [UInt8]
            let origin: HTTPOrigin
            var userInfo: String?
            if let known = plan.origin {
                origin = known
                target = try bytes(of: plan.target, names, .url)
            } else {
                var text = String(decoding: try address(of: plan.target, names), as: UTF8.self)
                if let base = plan.action.base, text.hasPrefix("/") {
                    text = try self.text(base, names) + text
                }
                let parts = try URLParts(parsing: text)
                origin = HTTPOrigin(parts)
                target = Array(parts.target.utf8)
                userInfo = parts.userInfo
            }
            join(try bytes(of: plan.query, names, .value), to: &target)
            let body = try content(of: plan, names)
            var head = RequestHead(
                method: plan.action.method, target: target, authority: origin.authority, reusing: requestBytes
            )
            for line in plan.headerLines {
                let value = try bytes(of: line.value, names, .plain)
                guard isHeaderValue(value) else {
                    throw StepError(
                        "the value of header \(line.name) holds a control character", at: step.step.location)
                }
                head.add(line.name, value)
            }
            if let userInfo, plan.takesUserInfo { head.add("Authorization", basicCredentials(userInfo)) }
            switch body {
            case .bytes(let bytes): requestBytes = head.finished(body: bytes, method: plan.action.method)
            case .upload(let upload):
                requestBytes = head.finished(bodyOf: upload.byteCount)
                memory.upload = upload
            }
            return .success(origin)
        } catch let error as TemplateError {
            return .failure(StepError(error.message, at: error.location ?? step.step.location))
        } catch let error as StepError {
            return .failure(error)
        } catch {
            return .failure(StepError("\(error)", at: plan.action.url.location))
        }
    }

    /// A whole URL. A value is a part of its path or query once the origin stands before it, and a `#` in it is one of
    /// its characters; the fragment of a URL that is a value, and one that is written, ends the address.
    private func address(of segments: [TextSegment], _ names: NameTable) throws -> [UInt8] {
        var text: [UInt8] = []
        for segment in segments {
            if case .bytes(let written) = segment {
                text += written
                if written.contains(UInt8(ascii: "#")) { break }
                continue
            }
            let value = try bytes(of: [segment], names, .plain)
            guard let scheme = text.firstRange(of: "://".utf8),
                text[scheme.upperBound...].contains(where: {
                    $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
                })
            else {
                text += value
                continue
            }
            for byte in value {
                if byte == UInt8(ascii: "#") { text += "%23".utf8 } else { text.append(byte) }
            }
        }
        return text
    }

    enum Place { case plain, url, value }

    func bytes(of segments: [TextSegment], _ names: NameTable, _ place: Place) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for segment in segments {
            let value: JSON
            switch segment {
            case .bytes(let known):
                bytes += known
                continue
            case .slot(let slot):
                guard let found = variables[slot] else { throw unset(slot, names) }
                value = found
            case .expression(let expression): value = try evaluate(expression, names)
            case .base64(let inner):
                bytes += Crypto.base64(try self.bytes(of: inner, names, .plain)).utf8
                continue
            }
            let text = value.templateText
            switch place {
            case .plain: bytes += text.utf8
            case .url: appendEncodingInvalid(text.utf8, to: &bytes)
            case .value: appendEncodingValue(text.utf8, to: &bytes)
            }
        }
        return bytes
    }

    private func unset(_ slot: Int, _ names: NameTable) -> StepError {
        let name = names.all.first { $0.slot == slot }?.name ?? "?"
        return StepError("${\(name)} has no value: the step that captures it did not run")
    }

    private func written(_ plan: PlannedHTTP.BodyPlan, _ names: NameTable) throws -> [UInt8]? {
        switch plan {
        case .none: return nil
        case .text(let segments): return try bytes(of: segments, names, .plain)
        case .form(let fields):
            var body: [UInt8] = []
            for field in fields {
                if !body.isEmpty { body.append(UInt8(ascii: "&")) }
                appendEncodingValue(field.name.utf8, to: &body)
                body.append(UInt8(ascii: "="))
                for segment in field.value {
                    if case .bytes(let text) = segment {
                        appendEncodingValue(text, to: &body)
                    } else {
                        body += try bytes(of: [segment], names, .value)
                    }
                }
            }
            return body
        case .file, .multipart: return nil
        case .json(let segments):
            var body: [UInt8] = []
            for segment in segments {
                switch segment {
                case .bytes(let known): body += known
                case .slot(let slot):
                    guard let value = variables[slot] else { throw unset(slot, names) }
                    value.write(into: &body)
                case .value(let template): try evaluate(template, names).write(into: &body)
                }
            }
            return body
        }
    }

    // MARK: bodies

    /// The body as it goes out: packed if it is to be, in pieces when it comes from files or waits for the server.
    private func content(of plan: PlannedHTTP, _ names: NameTable) throws -> Content {
        let coding = plan.action.settings.coding
        let waits = plan.manner?.continueNanoseconds ?? 0 > 0
        var pieces: [PiecedUpload.Piece]
        switch plan.body {
        case .none: return .bytes(nil)
        case .file(let segments):
            let path = path(try bytes(of: segments, names, .plain))
            pieces = [try PiecedUpload.file(path)]
            memory.retoldBody = .file(path, packed: coding?.rawValue)
        case .multipart(let multipart, let parts):
            pieces = try self.pieces(of: parts, multipart, names)
        case .json, .text, .form:
            var body = try written(plan.body, names) ?? []
            if let coding { body = try encodeContent(body, as: coding) }
            return waits ? .upload(PiecedUpload([.bytes(body)])) : .bytes(body)
        }
        let upload = PiecedUpload(pieces)
        let length = upload.byteCount ?? .max
        if waits || length > Self.wholeFileBytes {
            return .upload(coding.map { PackedUpload(upload, as: $0) } ?? upload)
        }
        var body: [UInt8] = []
        try upload.read(into: &body, atMost: length)
        if let coding { body = try encodeContent(body, as: coding) }
        return .bytes(body)
    }

    private func path(_ bytes: [UInt8]) -> String {
        let path = String(decoding: bytes, as: UTF8.self)
        return path.hasPrefix("/") ? path : context.projectFolder + "/" + path
    }

    private func pieces(
        of parts: [PlannedHTTP.Part], _ multipart: Multipart, _ names: NameTable
    ) throws -> [PiecedUpload.Piece] {
        func text(_ segments: [TextSegment]) throws -> String {
            String(decoding: try bytes(of: segments, names, .plain), as: UTF8.self)
        }
        var pieces: [PiecedUpload.Piece] = []
        var retold: [CurlOptions.Part] = []
        for (index, part) in parts.enumerated() {
            let content = try bytes(of: part.content, names, .plain)
            let written = String(decoding: content, as: UTF8.self)
            var fileName = try part.fileName.map(text)
            var type = try part.type.map(text)
            if part.isFile {
                fileName = fileName ?? written.split(separator: "/").last.map(String.init) ?? "file"
                type = type ?? mediaType(ofFile: written)
            }
            if let type, !isHeaderValue(type.utf8) {
                throw StepError("the type of a part holds a control character", at: nil)
            }
            let name = try text(part.name)
            retold.append(
                .init(
                    name: name, content: part.isFile ? path(content) : written, isFile: part.isFile,
                    fileName: fileName, type: type))
            pieces.append(
                .bytes(multipart.head(isFirst: index == 0, name: name, fileName: fileName, type: type)))
            pieces.append(part.isFile ? try PiecedUpload.file(path(content)) : .bytes(content))
        }
        memory.retoldBody = .parts(retold)
        return pieces + [.bytes(multipart.end)]
    }
}
