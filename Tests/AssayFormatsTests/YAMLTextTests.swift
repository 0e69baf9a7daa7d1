import AssayFormats
import Testing

@Suite("YAML text")
struct YAMLTextTests {
    @Test(
        "a scalar reads back as the text that was written, in block and in flow",
        arguments: [
            "", "plain", "with space", "8080", "1e3", "0x1F", "true", "No", "~", "null", "-", "- a", "a: b",
            "a #b", "#a",
            "'quoted'", "\"double\"", "${port}", "a,b", "[x]", "{y}", "line\nbreak", "tab\there",
            "back\\slash", "*", "&a",
            "!tag", "%x", "@at", "`tick`", "|", ">", "?", "/path/to-it", "main", "**", "services/x/**",
            "v1.2", "ключ", "😀",
            ".inf", "2026-11-21", " lead", "trail ", "=", "<<", "on", "y",
        ])
    func scalar(text: String) throws {
        for written in [
            "a: \(YAMLText.scalar(text))\n", "{a: \(YAMLText.scalar(text)), b: [\(YAMLText.scalar(text))]}",
        ] {
            let document = try YAMLDocument(parsing: written, file: "a.yml")
            #expect(document.root["a"]?.stringValue == text, "\(written)")
        }
    }
}
