import AssayFormats
import Testing

@testable import AssayScript

@Suite(.enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTMLModuleTests {
    static let page = """
        <html lang="en"><head><title>T</title></head><body>
        <h1 id="top" class="big red" data-foo-bar="5" data-json='{"a":1}' data-s="101.00" data-t="true">Title <b>x</b></h1>
        <ul><li class="a">1</li><li>2</li><li class="a">3</li></ul>
        <p>one</p><p id="two">two</p>
        <form id="f" action="/send" method="post">
        <input name="user" value="jo"><input name="ok" type="checkbox" checked="checked"><input type="submit" name="go" value="Go">
        <input name="off" type="checkbox"><textarea name="t">a &lt; b</textarea>
        <select name="s"><option value="1">eins</option><option selected>zwei</option></select>
        <select name="m" multiple><option value="1" selected>x</option><option value="2" selected>y</option></select>
        <button name="b" value="v">B</button></form>
        <a href="/x/y?q=1#h" target="t">link <i>text</i></a>
        <table><tr><td>1</td><td>2</td></tr><tr><td colspan="2">3</td></tr></table>
        </body></html>
        """

    /// Compared with k6 1.1.
    static let expressions: [(String, JSON)] = HTMLExpressions.all

    @Test("Pages are looked into as in k6", arguments: expressions)
    func isWorth(_ expression: String, _ expected: JSON) async throws {
        let (value, _) = try await K6Script.value(
            expression, before: "const d = parseHTML(\(JSON.string(Self.page).rendered()));")
        #expect(value == expected)
    }
}
