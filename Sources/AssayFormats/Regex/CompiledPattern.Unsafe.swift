import CPCRE2

/// PCRE2's compiled form of an expression and the limits that each match gets.
///
/// Both are only read after `init`, which PCRE2 allows from many threads at once; what a match writes is made per call.
@safe final class CompiledPattern: Sendable {
    let source: String
    // SAFETY: written in `init` only and freed in `deinit` only; PCRE2 reads them without writing.
    private nonisolated(unsafe) let code: OpaquePointer
    private nonisolated(unsafe) let limits: OpaquePointer

    /// Backtracking steps of one match; far above what a sensible pattern takes on a megabyte of text.
    private static let maxSteps: UInt32 = 5_000_000
    /// Backtracking memory of one match.
    private static let maxKibibytes: UInt32 = 64 * 1024
    /// Expressions longer than this are no expressions.
    private static let maxSourceBytes = 1 << 20

    init(_ source: String) throws(PatternError) {
        guard source.utf8.count <= Self.maxSourceBytes else {
            throw .syntax(offset: Self.maxSourceBytes, message: "longer than \(Self.maxSourceBytes) bytes")
        }
        var number: CInt = 0
        var offset = 0
        let text = Array(source.utf8)
        // SAFETY: the pattern's bytes outlive the call; a Swift string's UTF-8 is valid, so it need not be checked.
        let compiled = unsafe text.withUnsafeBufferPointer { bytes in
            unsafe pcre2_compile_8(
                bytes.baseAddress ?? Self.emptyText, bytes.count,
                UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_NEVER_BACKSLASH_C)
                    | UInt32(PCRE2_NO_UTF_CHECK),
                &number, &offset, nil)
        }
        guard let code = unsafe compiled else {
            throw .syntax(offset: offset, message: Self.message(number))
        }
        guard let limits = unsafe pcre2_match_context_create_8(nil) else {
            unsafe pcre2_code_free_8(code)
            throw .engine(code: Int(PCRE2_ERROR_NOMEMORY), message: Self.message(PCRE2_ERROR_NOMEMORY))
        }
        unsafe pcre2_set_match_limit_8(limits, Self.maxSteps)
        unsafe pcre2_set_heap_limit_8(limits, Self.maxKibibytes)
        // Where the machine cannot, matching is interpreted.
        unsafe pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
        self.source = source
        unsafe self.code = code
        unsafe self.limits = limits
    }

    deinit {
        unsafe pcre2_match_context_free_8(limits)
        unsafe pcre2_code_free_8(code)
    }

    func matches(_ text: String, whole: Bool) throws(PatternError) -> Bool {
        let options = whole ? UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED) : 0
        return try unsafe match(text, options: options) { _ in true } ?? false
    }

    /// As ``matches(_:whole:)``, of bytes that are valid UTF-8.
    func matches(utf8 bytes: ArraySlice<UInt8>) throws(PatternError) -> Bool {
        // One pair of offsets is enough for whether there is a match.
        guard let data = unsafe pcre2_match_data_create_8(1, nil) else {
            throw .engine(code: Int(PCRE2_ERROR_NOMEMORY), message: Self.message(PCRE2_ERROR_NOMEMORY))
        }
        defer { unsafe pcre2_match_data_free_8(data) }
        // SAFETY: the bytes outlive the call.
        let run = { (options: UInt32) in
            unsafe bytes.withUnsafeBufferPointer { text in
                unsafe pcre2_match_8(
                    self.code, text.baseAddress ?? Self.emptyText, text.count, 0,
                    options | UInt32(PCRE2_NO_UTF_CHECK), data, self.limits)
            }
        }
        var number = run(0)
        if number == PCRE2_ERROR_JIT_STACKLIMIT { number = run(UInt32(PCRE2_NO_JIT)) }
        switch number {
        case PCRE2_ERROR_NOMATCH: return false
        case 0...: return true
        case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT: throw .tooCostly
        default: throw .engine(code: Int(number), message: Self.message(number))
        }
    }

    func firstMatch(in text: String) throws(PatternError) -> PatternMatch? {
        try unsafe match(text, options: 0) { data in
            let count = unsafe Int(pcre2_get_ovector_count_8(data))
            guard let pairs = unsafe pcre2_get_ovector_pointer_8(data) else { return nil }
            let bytes = text.utf8
            var captures: [String?] = []
            captures.reserveCapacity(count)
            for group in 0..<count {
                // SAFETY: PCRE2 holds `count` pairs of offsets; an unset group has -1 (as `Int`) in both.
                let (start, end) = unsafe (pairs[2 * group], pairs[2 * group + 1])
                guard start >= 0, start <= end, end <= bytes.count else {
                    captures.append(nil)
                    continue
                }
                let from = bytes.index(bytes.startIndex, offsetBy: start)
                captures.append(String(text[from..<bytes.index(from, offsetBy: end - start)]))
            }
            // `\K` can put the start behind the end.
            return unsafe PatternMatch(range: min(pairs[0], pairs[1])..<pairs[1], captures: captures)
        } ?? nil
    }

    /// - Returns: what `read` makes of the match; `nil` when there is none.
    private func match<Result>(
        _ text: String, options: UInt32, read: (OpaquePointer) -> Result
    ) throws(PatternError) -> Result? {
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else {
            throw .engine(code: Int(PCRE2_ERROR_NOMEMORY), message: Self.message(PCRE2_ERROR_NOMEMORY))
        }
        defer { unsafe pcre2_match_data_free_8(data) }
        var number = unsafe run(text, options: options, data)
        if number == PCRE2_ERROR_JIT_STACKLIMIT {
            number = unsafe run(text, options: options | UInt32(PCRE2_NO_JIT), data)
        }
        switch number {
        case PCRE2_ERROR_NOMATCH: return nil
        case 0...: return unsafe read(data)
        case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT: throw .tooCostly
        default: throw .engine(code: Int(number), message: Self.message(number))
        }
    }

    private func run(_ text: String, options: UInt32, _ data: OpaquePointer) -> CInt {
        var text = text
        // SAFETY: the text outlives the call and is valid UTF-8; offsets in `data` are used by the caller as numbers.
        return text.withUTF8 { bytes in
            unsafe pcre2_match_8(
                code, bytes.baseAddress ?? Self.emptyText, bytes.count, 0,
                options | UInt32(PCRE2_NO_UTF_CHECK), data, limits)
        }
    }

    /// PCRE2 10.42 refuses a null pointer even for no bytes.
    // SAFETY: points to a constant of the program.
    private static var emptyText: UnsafePointer<UInt8> {
        let empty: StaticString = ""
        return unsafe empty.utf8Start
    }

    private static func message(_ number: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        // SAFETY: PCRE2 writes at most the buffer's length, a zero byte included.
        let length = unsafe buffer.withUnsafeMutableBufferPointer { bytes in
            unsafe pcre2_get_error_message_8(number, bytes.baseAddress, bytes.count)
        }
        return length > 0 ? String(decoding: buffer.prefix(Int(length)), as: UTF8.self) : "error \(number)"
    }
}
