/// The words behind SET's value and GETEX's key.
struct SetOptions {
    var onlyNew = false
    var onlyOld = false
    var returnsOld = false
    var keepsExpiry = false
    var persists = false
    /// Milliseconds since 1970 UTC.
    var expiresAt: Int64?
    var isAbsolute = false

    init() {}

    /// - Throws: a syntax error, or that a time is none.
    init(_ call: RedisCall, from start: Int, isSet: Bool) throws(RedisFailure) {
        var place = start
        var time: (place: Int, isSeconds: Bool)?
        while place < call.count {
            let word = call[place]
            let mayTakeTime = !keepsExpiry && !persists && time == nil && place + 1 < call.count
            if isSet, word.isWord("nx"), !onlyOld {
                onlyNew = true
            } else if isSet, word.isWord("xx"), !onlyNew {
                onlyOld = true
            } else if isSet, word.isWord("get") {
                returnsOld = true
            } else if isSet, word.isWord("keepttl"), time == nil {
                keepsExpiry = true
            } else if !isSet, word.isWord("persist"), time == nil {
                persists = true
            } else if mayTakeTime, word.isWord("ex") || word.isWord("exat") {
                isAbsolute = word.count == 4
                time = (place + 1, true)
                place += 1
            } else if mayTakeTime, word.isWord("px") || word.isWord("pxat") {
                isAbsolute = word.count == 4
                time = (place + 1, false)
                place += 1
            } else {
                throw .syntax
            }
            place += 1
        }
        if let time {
            expiresAt = try call.expiry(time.place, isSeconds: time.isSeconds, isAbsolute: isAbsolute)
        }
    }
}

extension RedisCall {
    /// When something lapses, in milliseconds since 1970 UTC.
    ///
    /// - Throws: `ERR invalid expire time in 'set' command` for one that is not positive or too large.
    func expiry(_ place: Int, isSeconds: Bool, isAbsolute: Bool) throws(RedisFailure) -> Int64 {
        let number = try integer(place)
        let invalid = RedisFailure.err("invalid expire time in '\(command.fullName)' command")
        guard number > 0 else { throw invalid }
        let (milliseconds, tooLarge) = number.multipliedReportingOverflow(by: isSeconds ? 1000 : 1)
        let (time, over) = milliseconds.addingReportingOverflow(isAbsolute ? 0 : server.now)
        guard !tooLarge, !over else { throw invalid }
        return time
    }
}
