import CYAML

/// A place as libyaml counts: from 0, in Unicode scalars.
struct YAMLMark {
    var line: Int
    var column: Int
}

/// One event of libyaml's parser, copied out of C.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(text: String, style: YAMLNode.Style)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    var kind: Kind
    var start: YAMLMark
    var end: YAMLMark
    var anchor: String?
    var tag: String?
}

/// libyaml's own account of why a text is not YAML.
struct YAMLFailure: Error {
    var problem: String
    var mark: YAMLMark
    /// Where the construct began that could not be finished.
    var contextMark: YAMLMark?
    /// Byte offset, for what is refused before it is looked at as YAML (control characters).
    var byteOffset: Int?
}

/// libyaml's parser over one text: the only place that touches it.
@safe final class YAMLEventSource {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        // SAFETY: libyaml keeps the address of its input and of itself, so both live on the heap until deinit.
        unsafe input = .allocate(capacity: max(1, bytes.count))
        // SAFETY: the buffer holds at least bytes.count elements.
        _ = unsafe input.initialize(from: bytes)
        // SAFETY: as above; yaml_parser_initialize fills the whole struct.
        unsafe parser = .allocate(capacity: 1)
        // SAFETY: both addresses are ours and alive.
        unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        // SAFETY: initialised in init, never handed out.
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    func next() throws(YAMLFailure) -> YAMLEvent {
        // SAFETY: libyaml fills the event on success and leaves it empty on failure; what it points to is
        // copied into Swift values before yaml_event_delete frees it.
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe Self.copy(event)
    }

    private func failure() -> YAMLFailure {
        // SAFETY: problem is nil or a static C string of libyaml.
        let state = unsafe parser.pointee
        let problem = unsafe state.problem.map { unsafe String(cString: $0) } ?? "out of memory"
        let isRefusedInput = unsafe state.error == YAML_READER_ERROR
        let hasContext = unsafe state.context != nil
        return YAMLFailure(
            problem: problem, mark: unsafe Self.mark(state.problem_mark),
            contextMark: hasContext ? unsafe Self.mark(state.context_mark) : nil,
            byteOffset: isRefusedInput ? unsafe Int(state.problem_offset) : nil)
    }

    private static func copy(_ event: yaml_event_t) -> YAMLEvent {
        // SAFETY: each member of the union is read only under the event type that libyaml says fills it.
        var result = YAMLEvent(
            kind: .streamStart, start: unsafe mark(event.start_mark), end: unsafe mark(event.end_mark))
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT: result.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
        case YAML_ALIAS_EVENT: result.kind = .alias(unsafe text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            // SAFETY: value holds `length` bytes.
            let value = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            result.kind = .scalar(
                text: unsafe String(decoding: value, as: UTF8.self), style: unsafe style(scalar.style))
            result.anchor = unsafe text(scalar.anchor)
            result.tag = unsafe text(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            result.kind = .sequenceStart
            result.anchor = unsafe text(event.data.sequence_start.anchor)
            result.tag = unsafe text(event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            result.kind = .mappingStart
            result.anchor = unsafe text(event.data.mapping_start.anchor)
            result.tag = unsafe text(event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
        default: break
        }
        return result
    }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(mark.line), column: Int(mark.column))
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        // SAFETY: libyaml's strings end with a zero byte.
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }
}
