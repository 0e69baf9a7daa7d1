import AssayFormats

/// Texts that several tests look at from different sides.
enum JSONCorpus {
    static let valid: [String] = [
        "null", "true", "false", "0", "-0", "-1", "12.5", "1e3", "1E+2", "2.5e-3", "1e-400",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "0.1", "123456789.123456789", "1234567890123456789012.5", "5e-324",
        "1.7976931348623157e308", "9007199254740993", "0.30000000000000004", "100.0",
        #""""#, #""a""#, #""twelve bytes and more than eight""#, #""\"\\\/\b\f\n\r\t""#,
        #""\u0041\u00e9\u20AC""#,
        #""\uD83D\uDE00""#, "\"naïve €uro 😀\"", #""\u0000""#, "\"\u{7F}\"", "\"12345678é\"",
        "[]", "[ ]", "{}", "{ }", "[1]", "[1, 2,3 ]", "[[],[[]],{}]", " \t\r\n[ 1 , 2 ] \n",
        #"{"a":1}"#, #"{"a":1,"b":{"c":[true,false,null]}}"#, #"{"":0}"#, #"{"a":1,"a":2}"#,
        #"{"a":{"b":1},"a":{"b":2},"c":3}"#, #"{"\u0061":1}"#, "{\"é\":1,\"e\u{301}\":2}",
        #"{"id":"7d1","items":[{"sku":"A-1","left":3},{"sku":"B-2","left":0}],"total":12.50,"open":true}"#,
        "{" + (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}",
    ]

    /// Text, byte offset of the problem, and part of the message.
    static let invalid: [(text: String, offset: Int, message: String)] = [
        ("", 0, "expected a value, found the end of the text"),
        ("   ", 3, "found the end of the text"),
        ("nul", 0, "expected a value, found 'n'"),
        ("nulll", 4, "expected nothing after the value, found 'l'"),
        ("True", 0, "expected a value, found 'T'"),
        ("falsy", 0, "expected a value"),
        ("01", 1, "no digit after a leading zero"),
        ("-", 1, "expected a digit, found the end"),
        ("+1", 0, "expected a value, found '+'"),
        ("1.", 2, "expected a digit"),
        (".5", 0, "expected a value, found '.'"),
        ("1e", 2, "expected a digit"),
        ("1e+", 3, "expected a digit"),
        ("1e400", 0, "a number that a 64-bit float can hold"),
        ("NaN", 0, "expected a value, found 'N'"),
        ("[1,]", 3, "expected a value, found ']'"),
        ("[1 2]", 3, "',' or ']' after the element"),
        ("[1", 2, "',' or ']'"),
        ("[", 1, "expected a value"),
        ("]", 0, "expected a value, found ']'"),
        ("[}", 1, "expected a value, found '}'"),
        ("{", 1, "a member's name in double quotes"),
        ("{a:1}", 1, "a member's name in double quotes, found 'a'"),
        ("{\"a\"}", 4, "':' after the member's name, found '}'"),
        ("{\"a\":}", 5, "expected a value"),
        ("{\"a\":1,}", 7, "a member's name in double quotes, found '}'"),
        ("{\"a\":1]", 6, "',' or '}' after the member, found ']'"),
        ("1 2", 2, "nothing after the value"),
        ("\"", 1, "the rest of the string"),
        ("\"a\nb\"", 2, "found control character U+000A"),
        ("\"a\u{0}b\"", 2, "found control character U+0000"),
        ("\"\\x\"", 2, "after '\\', found 'x'"),
        ("\"\\u12G4\"", 5, "four hexadecimal digits"),
        ("\"\\uD83D\"", 7, "a low surrogate"),
        ("\"\\uD83D\\u0041\"", 7, "a low surrogate"),
        ("\"\\uDE00\"", 1, "a high surrogate"),
        ("\u{FEFF}1", 0, "found a byte order mark"),
        ("\u{0}", 0, "found control character U+0000"),
        ("1\u{0}", 1, "nothing after the value, found control character U+0000"),
        ("[1,\n  2,\n  x]", 11, "line 3, column 3: expected a value, found 'x'"),
        ("\"é\" ü", 5, "line 1, column 5: expected nothing after the value, found 'ü'"),
    ]

    /// Byte sequences that are not UTF-8, placed inside a string.
    static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
        [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xFF],
    ]
}
