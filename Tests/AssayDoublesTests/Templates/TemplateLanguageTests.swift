import AssayCore
import AssayFormats
import Testing

@testable import AssayDoubles

@Suite("Templates: the language")
struct TemplateLanguageTests {
    @Test(
        "The request is there by its names",
        arguments: [
            TemplateCase("{{request.url}}", "/shops/7/items?q=blue%20sky&tags=a&tags=b&ids[]=1&ids[]=2"),
            TemplateCase("{{request.path}}", "/shops/7/items"),
            TemplateCase("{{request.path.[2]}} {{request.path.0}}", "items shops"),
            TemplateCase("{{request.path.shop}}", "7"),
            TemplateCase("{{request.pathSegments.[1]}} {{request.pathSegments}}", "7 /shops/7/items"),
            TemplateCase("{{request.query.q}}", "blue sky"),
            TemplateCase(
                "{{request.query.tags}},{{request.query.tags.[1]}},{{request.query.tags.last}}", "a,b,b"),
            TemplateCase("{{request.query.tags.first}}{{request.query.tags.[-1]}}", "ab"),
            TemplateCase("{{lookup request.query 'ids[].1'}}{{lookup request.query 'ids[]'}}", "21"),
            TemplateCase("{{request.method}}", "POST"),
            TemplateCase("{{request.headers.X-Request-Id}} {{request.headers.[x-request-id]}}", "r-1 r-1"),
            TemplateCase("{{request.headers.X-Many.[1]}}", "two"),
            TemplateCase("{{request.cookies.session}}/{{request.cookies.lang}}", "s1/de"),
            TemplateCase(
                "{{request.host}} {{request.port}} {{request.scheme}} {{request.baseUrl}}",
                "localhost 8080 http http://localhost:8080"),
            TemplateCase("{{request.multipart}} {{request.id}}", "false id-1"),
            TemplateCase("{{request.requestLine.path}}", "/shops/7/items"),
            TemplateCase("[{{request.query.none}}{{request.nothing.at.all}}]", "[]"),
        ])
    func request(row: TemplateCase) throws { try row.check() }

    @Test(
        "Blocks, conditions and loops",
        arguments: [
            TemplateCase("{{#if request.query.q}}yes{{else}}no{{/if}}", "yes"),
            TemplateCase("{{#if request.query.x}}yes{{else}}no{{/if}}", "no"),
            TemplateCase("{{#unless request.query.x}}absent{{/unless}}", "absent"),
            TemplateCase(
                "{{#if (eq request.method 'GET')}}g{{else if (eq request.method 'POST')}}p{{else}}o{{/if}}",
                "p"),
            TemplateCase("{{#eq request.method 'POST'}}p{{else}}o{{/eq}}", "p"),
            TemplateCase(
                "{{#neq 1 2}}n{{/neq}}{{#gt 3 2}}g{{/gt}}{{#lte 2 2}}l{{/lte}}{{#lt 'a' 'b'}}t{{/lt}}", "nglt"
            ),
            TemplateCase(
                "{{#and true request.method}}a{{/and}}{{#or false 0 'x'}}o{{/or}}{{#not ''}}n{{/not}}", "aon"),
            TemplateCase("{{eq 1 1}} {{eq 1 '1'}} {{eq 1 1 yes='y' no='n'}}", "true false y"),
            TemplateCase(
                "{{#each (array 'a' 'b' 'c')}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}",
                "0a,1b,2c"),
            TemplateCase("{{#each (array 1 2) as |n i|}}{{n}}@{{i}};{{/each}}", "1@0;2@1;"),
            TemplateCase("{{#each (array)}}x{{else}}none{{/each}}", "none"),
            TemplateCase("{{#each (parseJson '{\"a\":1,\"b\":2}')}}{{@key}}={{this}} {{/each}}", "a=1 b=2 "),
            TemplateCase("{{#each request.query.tags as |t|}}<{{t}}>{{/each}}", "<a><b>"),
            TemplateCase("{{#each request.pathSegments}}{{this}}|{{/each}}", "shops|7|items|"),
            TemplateCase("{{#each (array 1)}}{{request.method}}{{../request.method}}{{/each}}", "POSTPOST"),
            TemplateCase(
                "{{#each (array 'x' 'y')}}{{#each (array 1 2)}}{{../this}}{{this}}{{@../index}} {{/each}}{{/each}}",
                "x10 x20 y11 y21 "),
            TemplateCase("{{#with (parseJson '{\"a\":{\"b\":5}}')}}{{a.b}}{{/with}}", "5"),
            TemplateCase(
                "{{#parseJson 'o'}}{\"list\":[1,2]}{{/parseJson}}{{#o.list}}[{{this}}]{{/o.list}}{{^o.none}}none{{/o.none}}",
                "[1][2]none"),
            TemplateCase(
                "{{#each (array 'a' 'b')}}{{@first}}{{@last}}{{@odd}}{{@even}};{{/each}}",
                "firsteven;lastodd;"),
        ])
    func blocks(row: TemplateCase) throws { try row.check() }

    @Test(
        "Texts, comments, escapes and whitespace control",
        arguments: [
            TemplateCase("plain {text} }} here", "plain {text} }} here"),
            TemplateCase("a {{! a comment }}b{{!-- with }} in it --}}c", "a bc"),
            TemplateCase(#"\{{request.method}} \\{{request.method}}"#, #"{{request.method}} \POST"#),
            TemplateCase("a  {{~request.method~}}  b", "aPOSTb"),
            TemplateCase("{{#if true~}}\n  x\n{{~/if}}", "x"),
            TemplateCase("{{{{raw}}}}{{not.read}}{{{{/raw}}}}", "{{not.read}}"),
            TemplateCase(#"{"a":{"b":{{request.port}}}}"#, #"{"a":{"b":8080}}"#),
            TemplateCase("{{'text'}} {{\"it's\"}} {{5}} {{true}} {{'it\\'s'}}", "text it's 5 true it's"),
            TemplateCase("{{'<b>'}}{{{'<b>'}}}{{&'<b>'}}", "<b><b><b>"),
            TemplateCase("{{#assign 'x'}}v-{{request.method}}{{/assign}}{{x}}", "v-POST"),
            TemplateCase("{{{null}}}{{this.nothing}}", ""),
        ])
    func texts(row: TemplateCase) throws { try row.check() }

    @Test("Escaping for HTML can be switched on; triple braces and blocks stay raw")
    func escaping() throws {
        var environment = TemplateBench.environment
        environment.escapesHTML = true
        let text = try TemplateBench.render(
            "{{'<&\"'}} {{{'<&'}}} {{#if true}}<{{/if}}", environment: environment)
        #expect(text == "&lt;&amp;&quot; <& <")
    }

    @Test("Parameters of the mapping are there")
    func parameters() throws {
        let parameters: JSONObject = ["name": "Ada", "list": [1, 2]]
        #expect(
            try TemplateBench.render("{{parameters.name}} {{parameters.list.[1]}}", parameters: parameters)
                == "Ada 2")
    }

    @Test(
        "A text that is no template is refused with its place",
        arguments: [
            ("a\n {{#if x}}b", "2:2: the block 'if' is not closed", "add {{/if}}"),
            ("{{/if}}", "1:1: {{/if}} closes a block that is not open", nil),
            ("{{#if x}}{{/each}}", "1:10: expected {{/if}} for the block of line 1, found {{/each}}", nil),
            ("{{request.method", "1:1: the tag is not closed", "add }}"),
            ("{{uper 'x'}}", "1:3: there is no helper 'uper'", "did you mean 'upper'?"),
            ("{{upper 'x}}", "1:9: the text in quotes is not closed", nil),
            ("é{{upper (lower 'x'}}", "1:20: expected ) for the ( before, found '}'", nil),
            ("{{else}}", "1:1: {{else}} stands outside a block", nil),
            ("{{#if x}}{{else}}{{else}}{{/if}}", "1:18: the block 'if' has a second {{else}}", nil),
            (
                "{{> part}}",
                "1:1: partials ({{> …}}) are not read: a mapping has no files to take them from", nil
            ),
            ("{{}}", "1:3: expected a name, a value or a helper, found '}'", nil),
            ("{{! never ends", "1:1: the comment is not closed", "add }}"),
            ("{{{{raw}}}} x", "1:1: the raw block 'raw' is not closed", "add {{{{/raw}}}}"),
            ("{{this.x 1}}", "1:3: only helpers take arguments, and this is none", nil),
        ] as [(String, String, String?)])
    func refused(text: String, message: String, fix: String?) throws {
        let error = #expect(throws: HandlebarsError.self) { try HandlebarsTemplate(text) }
        #expect(error?.description == message)
        #expect(error?.fix == fix)
    }

    @Test("Hostile templates end in an error: nesting, endless output, endless work")
    func hostile() throws {
        let deep = String(repeating: "{{#if true}}", count: 5000) + String(repeating: "{{/if}}", count: 5000)
        #expect(throws: HandlebarsError.self) { try HandlebarsTemplate(deep) }
        let parentheses =
            "{{upper " + String(repeating: "(upper ", count: 5000) + "'x'"
            + String(repeating: ")", count: 5000) + "}}"
        #expect(throws: HandlebarsError.self) { try HandlebarsTemplate(parentheses) }
        var limits = HandlebarsLimits()
        limits.outputBytes = 1000
        limits.steps = 10_000
        for text in [
            "{{#each (range 1 900)}}0123456789{{/each}}", "{{randomValue length=2000}}",
            "{{range 1 1000000000}}",
            "{{#each (range 1 900)}}{{#each (range 1 900)}}{{/each}}{{/each}}", "{{rjust 'x' size=5000}}",
        ] {
            #expect(throws: HandlebarsFailure.self, "\(text)") {
                try TemplateBench.render(text, limits: limits)
            }
        }
    }
}
