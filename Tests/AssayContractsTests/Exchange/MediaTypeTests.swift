import Testing

@testable import AssayContracts

@Suite("Media types")
struct MediaTypeTests {
    @Test(
        "a type fits a range as far as the range says something",
        arguments: [
            ("application/json", "application/json", true),
            ("application/json", "Application/JSON; charset=utf-8", true),
            ("application/json", "application/problem+json", false),
            ("application/*", "application/json", true),
            ("*/*", "a/b", true), ("application/*+json", "application/problem+json", true),
            ("application/*+json", "application/json", false), ("text/*", "application/json", false),
            ("application/json; charset=utf-8", "application/json", true),
            ("application/json; version=2", "application/json; version=\"2\"; charset=utf-8", true),
            ("application/json; version=2", "application/json; version=1", false),
            ("application/json; version=2", "application/json", false),
        ])
    func fit(range: String, type: String, fits: Bool) throws {
        let range = try #require(MediaType(range))
        #expect((range.fit(try #require(MediaType(type))) > 0) == fits)
    }

    @Test("what says more weighs more")
    func weight() throws {
        let found = try #require(MediaType("application/problem+json; v=1"))
        let ranges = [
            "*/*", "application/*", "application/*+json", "application/problem+json",
            "application/problem+json; v=1",
        ]
        let weights = ranges.compactMap { MediaType($0)?.fit(found) }
        #expect(weights == weights.sorted() && Set(weights).count == ranges.count)
    }

    @Test("what is no media type is none", arguments: ["", "json", "a/", "/b", "a/b/c", "a b/c", "a/b,c/d"])
    func none(text: String) { #expect(MediaType(text) == nil) }

    @Test("parameters may be quoted, with semicolons and escapes in them")
    func quoted() throws {
        let type = try #require(MediaType(#"multipart/form-data; boundary="a;\"b" ; x ; Y = 1"#))
        #expect(type.parameter("boundary") == "a;\"b" && type.parameter("y") == "1")
    }
}
