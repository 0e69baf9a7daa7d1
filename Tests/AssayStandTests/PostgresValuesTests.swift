import AssayFormats
@testable import AssayStand
import Testing

@Suite("PostgreSQL values")
struct PostgresValuesTests {
    @Test(
        "text of each type becomes the nearest JSON",
        arguments: [
            ("t", 16, "true"), ("-7", 23, "-7"), ("9223372036854775807", 20, "9223372036854775807"),
            ("1.5", 701, "1.5"), ("NaN", 701, #""NaN""#), ("12.50", 1700, "12.5"), ("3", 1700, "3"),
            ("0.12345678901234567890", 1700, #""0.12345678901234567890""#),
            (#"{"a": [1]}"#, 3802, #"{"a":[1]}"#),
            ("\\x00ff", 17, #""AP8=""#), ("2026-01-02", 1082, #""2026-01-02""#),
            ("{1,NULL,3}", 1007, "[1,null,3]"),
            (#"{a,"b \"c\" \\ ,","NULL",NULL}"#, 1009, #"["a","b \"c\" \\ ,","NULL",null]"#),
            ("{{1,2},{3,4}}", 1007, "[[1,2],[3,4]]"), ("{}", 1009, "[]"), ("[0:1]={5,6}", 1007, "[5,6]"),
            ("{1,2", 1007, #""{1,2""#), ("{t,f}", 1000, "[true,false]"),
        ] as [(String, UInt32, String)])
    func reading(text: String, type: UInt32, json: String) {
        #expect(PostgresValues.json(text, type: type).rendered() == json)
    }

    @Test(
        "JSON becomes the text of a parameter",
        arguments: [
            (#"[1,null,"a \"b\" \\"]"#, 1009, #"{"1",NULL,"a \"b\" \\"}"#),
            ("[[1],[2]]", 1007, #"{{"1"},{"2"}}"#),
            ("[1]", 3802, "[1]"), (#"{"a":1}"#, 0, #"{"a":1}"#), ("true", 0, "true"), (#""x""#, 0, "x"),
        ] as [(String, UInt32, String)])
    func writing(json: String, type: UInt32, text: String) throws {
        #expect(PostgresValues.text(try JSON(parsing: Array(json.utf8)), type: type) == text)
    }
}
