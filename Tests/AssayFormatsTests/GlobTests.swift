import AssayCore
import AssayFormats
import Testing

@Suite("Path patterns")
struct GlobTests {
    @Test(
        "a pattern means these paths",
        arguments: [
            ("*.go", "main.go"), ("*", "a"), ("a*c", "ac"), ("a*b*c", "aXbbYc"), ("?.go", "ä.go"),
            ("**", "a/b/c"), ("**/x.go", "x.go"), ("**/x.go", "a/b/x.go"), ("a/**", "a/b"), ("a/**", "a"),
            ("a/**/z", "a/z"), ("a/**/z", "a/b/c/z"), ("**/*_test.go", "internal/db/pool_test.go"),
            ("**/**/x", "a/x"), ("a/**/b/**/c", "a/1/b/b/2/c"), ("./a/b", "a/b"), ("a/b", "./a/b"),
            ("[a-m]x", "bx"), ("[!a-m]x", "zx"), ("[^a]x", "bx"), ("[]]x", "]x"), ("[a-]x", "-x"),
            ("{api,web}/*", "web/a"), ("a{,b}c", "ac"), ("{a,{b,c}}d", "cd"), ("\\*", "*"),
            ("\\{a,b}", "{a,b}"),
            ("services/api", "services/api/main.go"), ("docs/", "docs/a/b.md"), ("../lib/**", "../lib/a.c"),
            ("*\u{301}", "a\u{301}"), ("a/\u{301}b", "a/\u{301}b"),
        ])
    func matches(pattern: String, path: String) throws {
        #expect(try GlobPattern(pattern).matches(path))
    }

    @Test(
        "a pattern does not mean these paths",
        arguments: [
            ("*.go", "a/main.go"), ("*", "a/b"), ("a?c", "a/c"), ("**/x.go", "ax.go"), ("a/**/z", "b/z"),
            ("[a-m]x", "zx"), ("[!a]x", "ax"), ("{api,web}/*", "db/a"), ("\\*", "a"), ("a/*", "a/b/c"),
            ("a/*", "a"), ("A", "a"), ("services/ap", "services/api/main.go"), ("a*b*c", "aXbbY"),
            ("a/b", "x/a/b"),
        ])
    func misses(pattern: String, path: String) throws {
        #expect(try !GlobPattern(pattern).matches(path))
    }

    @Test("many stars cost no more than a few")
    func stars() throws {
        let name = String(repeating: "a", count: 3000)
        #expect(try !GlobPattern(String(repeating: "*a", count: 60) + "*b").matches(name))
        let folders = String(repeating: "a/", count: 300) + "c"
        #expect(try !GlobPattern(String(repeating: "**/a/", count: 60) + "b").matches(folders))
    }

    @Test("the last pattern that matches decides, and exclusions alone mean everything else")
    func lists() throws {
        let code = try PathPatterns(["internal/**", "!**/*_gen.go", "internal/keep_gen.go"])
        #expect(code.matches("internal/db/pool.go"))
        #expect(!code.matches("internal/db/pool_gen.go"))
        #expect(code.matches("internal/keep_gen.go"))
        #expect(!code.matches("main.go"))
        let others = try PathPatterns(["!docs/**"])
        #expect(others.matches("main.go") && !others.matches("docs/a.md"))
        #expect(try !PathPatterns([]).matches("a"))
        #expect(try !PathPatterns(["!\u{301}a"]).matches("\u{301}a"))
    }

    @Test("where matches begin is known, and whether there can be only one")
    func prefixes() throws {
        #expect(try GlobPattern("build/reports/*.xml").plainPrefix == "build/reports")
        #expect(try GlobPattern("**/*.xml").plainPrefix == "")
        #expect(try GlobPattern("/tmp/x/*.xml").plainPrefix == "/tmp/x")
        #expect(try GlobPattern("build/junit.xml").isPlain)
        #expect(try !GlobPattern("build/*.xml").isPlain)
    }

    @Test(
        "a pattern that cannot be read is told",
        arguments: [
            ("a[b", "a `[` is never closed"), ("{a,b", "a `{` is never closed"), ("", "the pattern is empty"),
            (String(repeating: "{a,b}", count: 9), "the pattern has too many alternatives"),
        ])
    func faults(pattern: String, message: String) {
        #expect {
            _ = try GlobPattern(pattern)
        } throws: { error in
            (error as? Diagnostic)?.code == "AS222" && (error as? Diagnostic)?.message == message
        }
    }
}
