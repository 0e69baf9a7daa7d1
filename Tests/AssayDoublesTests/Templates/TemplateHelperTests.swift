import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Templates: helpers")
struct TemplateHelperTests {
    @Test(
        "Texts",
        arguments: [
            TemplateCase(
                "{{upper 'abc'}} {{lower 'ABC'}} {{capitalize 'blue sky'}} {{capitalizeFirst 'blue sky'}}",
                "ABC abc Blue Sky Blue sky"),
            TemplateCase("{{capitalize 'BLUE sKY' fully=true}}", "Blue Sky"),
            TemplateCase("[{{trim '  a b '}}] [{{#trim}}\n x \n{{/trim}}]", "[a b] [x]"),
            TemplateCase(
                "{{replace 'a-b-c' '-' '+'}} {{cut 'a b' ' '}} {{abbreviate 'a long sentence' 9}}",
                "a+b+c ab a long..."),
            TemplateCase("{{substring 'Handlebars' 6}} {{substring 'Handlebars' 0 6}}", "bars Handle"),
            TemplateCase("{{substring 'abc' 2 9}}", "[ERROR: substring 2 to 9 of a text of 3 characters]"),
            TemplateCase(
                "{{join 'a' 'b' 'c' '-'}} {{join (array 1 2) ', ' prefix='[' suffix=']'}}", "a-b-c [1, 2]"),
            TemplateCase("{{#each (split 'a,b,c' ',')}}{{this}};{{/each}}", "a;b;c;"),
            TemplateCase("{{defaultIfEmpty request.query.x 'none'}} {{defaultIfEmpty 'y' 'none'}}", "none y"),
            TemplateCase(
                "{{center 'ab' size=6 pad='*'}} {{ljust 'ab' size=4 pad='.'}} {{rjust '7' size=3 pad='0'}}",
                "**ab** ab.. 007"),
            TemplateCase(
                "{{slugify 'Joel is a slug'}} {{stripTags '<b>x</b>'}} {{yesno true}} {{yesno false no='nope'}}",
                "joel-is-a-slug x yes nope"),
            TemplateCase("{{wordWrap 'Joel is a slug' 5}}", "Joel\nis a\nslug"),
            TemplateCase(
                "{{stringFormat '%s has %d items at %.2f (%05d|%-4s|%x)' 'Ada' 3 2.5 42 'l' 255}}",
                "Ada has 3 items at 2.50 (00042|l   |ff)"),
            TemplateCase("{{regexExtract 'abc-DEF-12' '[A-Z]+'}}", "DEF"),
            TemplateCase(
                "{{regexExtract 'abc-DEF-12' '([a-z]+)-([A-Z]+)-([0-9]+)' 'p'}}{{p.0}},{{p.1}},{{p.2}}",
                "abc,DEF,12"),
            TemplateCase("{{regexExtract 'abc' '[0-9]+'}}", "[ERROR: Nothing matched [0-9]+]"),
            TemplateCase("{{regexExtract 'abc' '[0-9]+' default='none'}}", "none"),
            TemplateCase(
                "{{#if (contains 'abcde' 'bcd')}}Y{{/if}}{{#contains (array 'a' 'b') 'b'}}Z{{else}}N{{/contains}}",
                "YZ"),
            TemplateCase("{{matches '123' '[0-9]+'}} {{matches 'a123' '[0-9]+'}}", "true false"),
            TemplateCase(
                "{{size 'abcde'}} {{size request.query.tags}} {{size (parseJson '{\"a\":1}')}}", "5 2 1"),
            TemplateCase(
                "{{val request.query.x or='d'}} {{val 10 assign='v'}}{{#lt v 20}}less{{/lt}}", "d less"),
        ])
    func texts(row: TemplateCase) throws { try row.check() }

    @Test(
        "Numbers",
        arguments: [
            TemplateCase(
                "{{math 1 '+' 2}} {{math 4 '-' 2}} {{math 2 '*' 3}} {{math 8 '/' 2}} {{math 10 '%' 3}}",
                "3 2 6 4 1"),
            TemplateCase(
                "{{math '2.5' '*' 2}} {{math 7 '/' 2}} {{math 1 '/' 0}}", "5.0 3.5 [ERROR: division by zero]"),
            TemplateCase("{{math request.path.[1] '+' 1}}", "8"),
            TemplateCase("{{range 3 6}} {{range -2 2}}", "[3, 4, 5, 6] [-2, -1, 0, 1, 2]"),
            TemplateCase(
                "{{isOdd 3}} {{isEven 3}}{{isEven 4 'left'}} {{stripes 3 'even' 'odd'}}", "odd left odd"),
            TemplateCase("{{numberFormat 123.4567 'currency' 'en_GB'}}", "£123.46"),
            TemplateCase("{{numberFormat 123.4567 'percent' 'en_GB'}}", "12,346%"),
            TemplateCase("{{numberFormat 123.4567 '###.000000' 'en_GB'}}", "123.456700"),
            TemplateCase(
                "{{numberFormat 1234.567 maximumIntegerDigits=3 minimumFractionDigits=6}}", "234.567000"),
            TemplateCase(
                "{{numberFormat 12345.678 groupingUsed=false}} {{numberFormat 12345.6789}}",
                "12345.678 12,345.679"),
            TemplateCase("{{numberFormat 1.239 roundingMode='down' maximumFractionDigits=2}}", "1.23"),
            TemplateCase(
                "{{numberFormat 2.5 'integer'}} {{numberFormat 3.5 'integer'}} {{numberFormat -2.55 '0.0'}}",
                "2 4 -2.6"),
            TemplateCase(
                "{{numberFormat 1234567.8 '#,##0.00' 'de_DE'}} {{numberFormat 'x'}}",
                "1.234.567,80 [ERROR: found 'x', expected a number]"),
            TemplateCase(
                "{{numberFormat 0.00001234 '0.000000'}} {{numberFormat 12000000000000000000.0 '0'}}",
                "0.000012 12000000000000000000"),
        ])
    func numbers(row: TemplateCase) throws { try row.check() }

    @Test(
        "Lists",
        arguments: [
            TemplateCase("{{array 1 'two' true}} {{array}}", "[1, two, true] []"),
            TemplateCase(
                "{{arrayAdd (array 1 'three') 2 position=1}} {{arrayAdd (array 1) 2 position='start'}} {{arrayAdd (array 1) 2}}",
                "[1, 2, three] [2, 1] [1, 2]"),
            TemplateCase(
                "{{arrayRemove (array 1 2 'three') position=1}} {{arrayRemove (array 1 2) position='start'}} {{arrayRemove (array 1 2)}}",
                "[1, three] [2] [1]"),
            TemplateCase(
                "{{arrayAdd (array) 1 position=4}}",
                "[ERROR: position must be 'start', 'end' or a number from 0 to 0]"),
            TemplateCase(
                "{{arrayJoin ',' (array 'One' 'Two')}} {{arrayJoin ' - ' 'a' 'b'}} {{arrayJoin '*' (array 1 2) prefix='(' suffix=')'}}",
                "One,Two a - b (1*2)"),
            TemplateCase(
                "{{#parseJson 't'}}[{\"id\":1},{\"id\":2}]{{/parseJson}}{{#arrayJoin ',' t as |i|}}<{{i.id}}>{{/arrayJoin}}",
                "<1>,<2>"),
        ])
    func lists(row: TemplateCase) throws { try row.check() }

    @Test(
        "JSON",
        arguments: [
            TemplateCase(
                "{{jsonPath request.body '$.name'}} {{jsonPath request.body '$.price'}} {{jsonPath request.body '$.deep'}}",
                #"pen 2.5 {"n":7}"#),
            TemplateCase(
                "{{jsonPath request.body '$.tags'}} {{jsonPath request.body '$.tags[1]'}} {{jsonPath request.body '$.tags.length()'}}",
                #"["x","y"] y 2"#),
            TemplateCase(
                "{{jsonPath request.body '$.none'}}|{{jsonPath request.body '$.none' default='M'}}", "|M"),
            TemplateCase("{{#each (jsonPath request.body '$.tags') as |t|}}{{t}};{{/each}}", "x;y;"),
            TemplateCase("{{jsonPath '{' '$.a'}}", "[ERROR: { is not valid JSON]"),
            TemplateCase("{{jsonPath request.body '$['}}", "[ERROR: $[ is not a valid JSONPath expression]"),
            TemplateCase(
                "{{parseJson request.body 'b'}}{{b.deep.n}} {{lookup (parseJson request.body) 'name'}}",
                "7 pen"),
            TemplateCase(
                "{{#with (parseJson request.body)}}{{name}}{{/with}} {{jsonPath (parseJson request.body) '$.deep.n'}}",
                "pen 7"),
            TemplateCase("{{toJson (array 1 'two')}}", "[\n  1,\n  \"two\"\n]"),
            TemplateCase(
                "{{#formatJson format='compact'}} { \"a\" : [1, 2] } {{/formatJson}}", #"{"a":[1,2]}"#),
            TemplateCase(
                "{{jsonArrayAdd '[1]' '2'}} {{#jsonArrayAdd '[1,2]' maxItems=2}}3{{/jsonArrayAdd}}",
                "[1,2] [2,3]"),
            TemplateCase(
                "{{jsonArrayAdd '[1]' '[2,3]' flatten=true}} {{jsonArrayAdd '[{\"n\":[1]}]' '2' jsonPath='$[0].n'}}",
                #"[1,2,3] [{"n":[1,2]}]"#),
            TemplateCase(
                #"{{jsonMerge '{"a":{"x":1},"l":[1]}' '{"a":{"y":2},"l":[2],"n":null}'}}"#,
                #"{"a":{"x":1,"y":2},"l":[2],"n":null}"#),
            TemplateCase(#"{{jsonMerge '{"k":1,"r":2}' '{"r":null}' removeNulls=true}}"#, #"{"k":1}"#),
            TemplateCase(
                #"{{jsonRemove '[{"id":1},{"id":2},{"id":3}]' '$.[?(@.id == 2)]'}} {{jsonRemove '{"a":1,"b":2}' '$.a'}}"#,
                #"[{"id":1},{"id":3}] {"b":2}"#),
            TemplateCase("{{jsonRemove '[1,2,3,4]' '$[1,2]'}}", "[1,4]"),
            TemplateCase(
                #"{{jsonSort '[{"n":"b"},{"n":"a"}]' '$[*].n'}} {{jsonSort '{"u":[3,1,2]}' '$.u[*]' order='desc'}}"#,
                #"[{"n":"a"},{"n":"b"}] {"u":[3,2,1]}"#),
        ])
    func json(row: TemplateCase) throws { try row.check() }

    @Test(
        "Dates go by the double's clock",
        arguments: [
            TemplateCase("{{now}}", "2026-03-04T05:06:07Z"),
            TemplateCase(
                "{{now offset='3 days'}} {{now offset='-24 seconds'}}",
                "2026-03-07T05:06:07Z 2026-03-04T05:05:43Z"),
            TemplateCase(
                "{{now offset='1 years' format='yyyy-MM-dd'}} {{now offset='-1 months' format='dd/MMM/yy'}}",
                "2027-03-04 04/Feb/26"),
            TemplateCase(
                "{{now timezone='Australia/Sydney' format='yyyy-MM-dd HH:mm:ssZ'}}",
                "2026-03-04 16:06:07+1100"),
            TemplateCase(
                "{{now timezone='+02:00'}} {{now timezone='Nowhere/At-All'}}",
                "2026-03-04T07:06:07+02:00 [ERROR: there is no time zone 'Nowhere/At-All']"),
            TemplateCase("{{now format='epoch'}} {{now format='unix'}}", "1772600767089 1772600767"),
            TemplateCase(
                "{{now format=\"EEEE, d MMMM yyyy h:mm a 'o''clock' SSS XXX\"}}",
                "Wednesday, 4 March 2026 5:06 AM o'clock 089 Z"),
            TemplateCase(
                "{{date (parseDate '2021-06-15T15:16:17Z')}} {{date (parseDate 'Tue, 15 Jun 2021 15:16:17 GMT') format='HH:mm'}}",
                "2021-06-15T15:16:17Z 15:16"),
            TemplateCase(
                "{{date (parseDate '15/06/2021' format='dd/MM/yyyy')}} {{date (parseDate '1623770177' format='unix')}}",
                "2021-06-15T00:00:00Z 2021-06-15T15:16:17Z"),
            TemplateCase(
                "{{date (truncateDate (parseDate '2021-06-15T15:16:17Z') 'first day of month')}}",
                "2021-06-01T00:00:00Z"),
            TemplateCase(
                "{{date (truncateDate (parseDate '2024-02-15T15:16:17Z') 'last day of month')}}",
                "2024-02-29T00:00:00Z"),
            TemplateCase(
                "{{dateFormat (parseDate '2021-06-15T15:16:17Z') 'dd.MM.yyyy'}} [{{parseDate 'soon'}}]",
                "15.06.2021 []"),
            TemplateCase(
                "{{now offset='soon'}}",
                "[ERROR: 'soon' is no offset; write a number and a unit, like '3 days']"),
            TemplateCase("{{now format='yyyy-bb'}}", "[ERROR: 'b' is no letter of a date pattern]"),
        ])
    func dates(row: TemplateCase) throws { try row.check() }

    @Test(
        "Encodings, forms and the machine",
        arguments: [
            TemplateCase(
                "{{base64 'Hello'}} {{base64 'SGVsbG8=' decode=true}} {{#base64 padding=false}}Hello{{/base64}}",
                "SGVsbG8= Hello SGVsbG8"),
            TemplateCase("{{urlEncode 'a b&c'}} {{urlEncode 'a%20b' decode=true}}", "a+b%26c a b"),
            TemplateCase(
                "{{formData 'a=1&b=2+x&b=3' 'f' urlDecode=true}}{{f.a}} {{f.b}} {{f.b.1}} {{f.b.last}}",
                "1 2 x 3 3"),
            TemplateCase(
                "{{hostname}} {{systemValue key='HOME'}} {{systemValue key='HOME' type='PROPERTY' default='d'}}",
                "build-7 [ERROR: Access to HOME is denied] d"),
        ])
    func encodings(row: TemplateCase) throws { try row.check() }

    @Test("Random values are of their kind, and the same for the same seed")
    func random() throws {
        let rows = [
            ("{{randomValue length=33 type='ALPHANUMERIC'}}", "[a-z0-9]{33}"),
            ("{{randomValue length=12 type='ALPHABETIC' uppercase=true}}", "[A-Z]{12}"),
            ("{{randomValue length=10 type='NUMERIC'}}", "[0-9]{10}"),
            ("{{randomValue length=8 type='HEXADECIMAL'}}", "[0-9a-f]{8}"),
            ("{{randomValue length=5 type='ALPHANUMERIC_AND_SYMBOLS'}}", ".{5}"),
            (
                "{{randomValue type='UUID'}}",
                "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
            ),
            ("{{randomInt lower=5 upper=9}}", "[5-8]"),
            ("{{randomDecimal lower=-1.5 upper=-0.5}}", "-[01]\\.\\d+"),
            ("{{pickRandom '1' '2' '3'}}", "[123]"), ("{{pickRandom (array 'a' 'b')}}", "[ab]"),
            ("{{pickRandom 1 2 3 4 5 count=3}}", "\\[[1-5], [1-5], [1-5]\\]"),
        ]
        for (template, pattern) in rows {
            let first = try TemplateBench.render(template, seed: 7)
            #expect(try Pattern(pattern).matches(whole: first), "\(template): \(first)")
            #expect(try TemplateBench.render(template, seed: 7) == first)
        }
        #expect(
            try TemplateBench.render("{{randomValue type='UUID'}}", seed: 1)
                != TemplateBench.render("{{randomValue type='UUID'}}", seed: 2))
    }

    @Test(
        "XML is asked by XPath", .enabled(if: XPathLibrary.isThere, "libxml2 is not installed"),
        arguments: [
            ("{{xPath request.body '/outer/inner/text()'}}", "Stuff"),
            ("{{xPath request.body '/outer/inner'}}", #"<inner id="1">Stuff</inner>"#),
            ("{{xPath request.body '/outer/inner/@id'}}", "1"),
            ("{{xPath request.body 'count(/outer/inner)'}}", "2"),
            (
                "{{#each (xPath request.body '//inner') as |n|}}{{n.name}}:{{n.text}}:{{n.attributes.id}};{{/each}}",
                "inner:Stuff:1;inner:More:2;"
            ),
            (
                "{{xPath request.body '/none'}}|{{xPath request.body '/['}}",
                "|[ERROR: /[ is not a valid XPath expression]"
            ),
            ("{{xPath '<a' '/a'}}", "[ERROR: <a is not valid XML]"),
            (
                "{{soapXPath '<s:Envelope xmlns:s=\"u\"><s:Body><m:a xmlns:m=\"v\"><m:t>ok</m:t></m:a></s:Body></s:Envelope>' '/a/t/text()'}}",
                "ok"
            ),
            ("{{formatXml '<foo> <bar>wh</bar></foo>'}}", "<foo>\n    <bar>wh</bar>\n</foo>"),
        ])
    func xml(template: String, expected: String) throws {
        let request = HTTPRequest(
            method: "POST", target: "/",
            body: Array(#"<outer><inner id="1">Stuff</inner><inner id="2">More</inner></outer>"#.utf8))
        #expect(try TemplateBench.render(template, request: request) == expected)
    }

    @Test("Parts of a multipart body are there by name")
    func parts() throws {
        let body =
            "--B\r\nContent-Disposition: form-data; name=\"text\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--B--\r\n"
        let request = HTTPRequest(
            method: "POST", target: "/",
            headers: HTTPHeaders([("Content-Type", "multipart/form-data; boundary=B")]),
            body: Array(body.utf8))
        let text = try TemplateBench.render(
            "{{request.multipart}} {{request.parts.text.body}} {{request.parts.text.headers.content-type}} {{request.parts.text.bodyAsBase64}} {{request.parts.text.binary}}",
            request: request)
        #expect(text == "true hello text/plain aGVsbG8= false")
    }

    @Test("systemValue reads what it is allowed to")
    func systemValue() throws {
        var environment = TemplateBench.environment
        environment.systemValue = {
            $0 == "wiremock.x" ? .value("1") : $0 == "wiremock.y" ? .unset : .refused
        }
        let text = try TemplateBench.render(
            "{{systemValue key='wiremock.x'}} {{systemValue key='wiremock.y' default='d'}}",
            environment: environment)
        #expect(text == "1 d")
    }
}
