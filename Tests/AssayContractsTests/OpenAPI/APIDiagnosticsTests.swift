// Long: every diagnostic of documents with its whole text.
import AssayContracts
import AssayCore
import AssayFormats
import Testing

/// Documents that are wrong, with all that is said of them.
@Suite("OpenAPI diagnostics")
struct APIDiagnosticsTests {
    static let cases: [(text: String, said: String)] = [
        (
            """
            swagger: '2.0'
            info: {title: A, version: "1"}
            """,
            """
            error[AS145]: expected an OpenAPI document of 3.0 or 3.1, found Swagger 2.0
              api/jobs.yaml:1:10   swagger: '2.0'
                                            ^^^^^
              fix: convert the document to OpenAPI 3
            """
        ),
        (
            """
            openapi: 4.0.0
            paths: {}
            """,
            """
            error[AS145]: expected an OpenAPI document of 3.0 or 3.1, found version 4.0.0
              api/jobs.yaml:1:10   openapi: 4.0.0
                                            ^^^^^
            """
        ),
        (
            """
            openapi: 3.1
            paths: {}
            """,
            """
            error[AS145]: expected an OpenAPI document of 3.0 or 3.1, found version 3.1
              api/jobs.yaml:1:10   openapi: 3.1
                                            ^^^
              fix: write `openapi: "3.1.0"`
            """
        ),
        (
            """
            title: nothing
            """,
            """
            error[AS145]: expected an OpenAPI document of 3.0 or 3.1, found no 'openapi'
              api/jobs.yaml:1:1   title: nothing
                                  ^
            """
        ),
        (
            """
            - openapi
            """,
            """
            error[AS145]: expected an OpenAPI document of 3.0 or 3.1, found no 'openapi'
              api/jobs.yaml:1:1   - openapi
                                  ^
            """
        ),
        (
            """
            openapi: 3.0.3
            """,
            """
            warning[AS147]: the document needs 'info'
              api/jobs.yaml:1:1   openapi: 3.0.3
                                  ^
            error[AS147]: the document needs 'paths'
              api/jobs.yaml:1:1   openapi: 3.0.3
                                  ^
              fix: add `paths: …`
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths: [a]
            """,
            """
            error[AS146]: expected a mapping for 'paths', found a list
              api/jobs.yaml:3:8   paths: [a]
                                         ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a: {get: }
              /b: none
            """,
            """
            error[AS146]: expected a mapping for a path, found the text 'none'
              api/jobs.yaml:5:7   /b: none
                                      ^^^^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  parameters: {a: b}
                  responses: {200: {description: ok}}
            """,
            """
            error[AS146]: expected a list for 'parameters', found a mapping
              api/jobs.yaml:6:19   parameters: {a: b}
                                               ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  parameters: [{name: 7, in: query, required: yes, schema: text}]
                  responses: {200: {description: ok}}
            """,
            """
            error[AS146]: expected a text for 'name', found the number 7
              api/jobs.yaml:6:27   parameters: [{name: 7, in: query, required: yes, schema: text}]
                                                       ^
            error[AS146]: expected true or false for 'required', found the text 'yes'
              api/jobs.yaml:6:51   parameters: [{name: 7, in: query, required: yes, schema: text}]
                                                                               ^^^
            error[AS154]: a schema cannot be used: expected a schema (an object, true or false), found "text"
              api/jobs.yaml:6:64   parameters: [{name: 7, in: query, required: yes, schema: text}]
                                                                                            ^^^^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  operationId: {}
                  summary: [a]
                  deprecated: 'true'
                  responses: {200: {description: ok}}
            """,
            """
            error[AS146]: expected a text for 'operationId', found a mapping
              api/jobs.yaml:6:20   operationId: {}
                                                ^
            warning[AS146]: expected a text for 'summary', found a list
              api/jobs.yaml:7:16   summary: [a]
                                            ^
            error[AS146]: expected true or false for 'deprecated', found the text 'true'
              api/jobs.yaml:8:19   deprecated: 'true'
                                               ^^^^^^
            """
        ),
        (
            """
            openapi: 3.0.3
            paths:
              /a:
                get: {summary: none}
            """,
            """
            warning[AS147]: the document needs 'info'
              api/jobs.yaml:1:1   openapi: 3.0.3
                                  ^
            error[AS147]: an operation needs 'responses'
              api/jobs.yaml:4:10   get: {summary: none}
                                        ^
              fix: add `responses: …`
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  summary: none
            """,
            """
            warning[AS147]: an operation needs 'responses'
              api/jobs.yaml:6:7   summary: none
                                  ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses: {}
            """,
            """
            warning[AS147]: 'responses' has none
              api/jobs.yaml:6:18   responses: {}
                                              ^
              fix: add `default: …`
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses: {200: {$ref: '#/components/responses/No'}, 201: {$ref: other.yaml}, 202: {$ref: 5}}
            """,
            """
            error[AS148]: there is no '#/components/responses/No'
              api/jobs.yaml:6:31   responses: {200: {$ref: '#/components/responses/No'}, 201: {$ref: other.yaml}, 202: {$ref: 5}}
                                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^
            error[AS148]: 'api/other.yaml' of 'other.yaml' cannot be read
              api/jobs.yaml:6:73   responses: {200: {$ref: '#/components/responses/No'}, 201: {$ref: other.yaml}, 202: {$ref: 5}}
                                                                                                     ^^^^^^^^^^
            error[AS146]: expected a text for '$ref', found the number 5
              api/jobs.yaml:6:98   responses: {200: {$ref: '#/components/responses/No'}, 201: {$ref: other.yaml}, 202: {$ref: 5}}
                                                                                                                              ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses: {200: {$ref: '#/components/responses/A'}}
            components:
              responses:
                A: {$ref: '#/components/responses/B'}
                B: {$ref: '#/components/responses/A'}
            """,
            """
            error[AS148]: '#/components/responses/A' leads in a circle
              api/jobs.yaml:6:31   responses: {200: {$ref: '#/components/responses/A'}}
                                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^
            error[AS148]: '#/components/responses/B' leads in a circle
              api/jobs.yaml:9:15   A: {$ref: '#/components/responses/B'}
                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^
            error[AS148]: '#/components/responses/A' leads in a circle
              api/jobs.yaml:10:15   B: {$ref: '#/components/responses/A'}
                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses: {200: {$ref: '#anchor'}}
            """,
            """
            error[AS148]: '#anchor' is no JSON Pointer; write `#/components/…`
              api/jobs.yaml:6:31   responses: {200: {$ref: '#anchor'}}
                                                           ^^^^^^^^^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              a: {}
              /{a: {}
              /{a}/{a}: {}
              /a}: {}
              /{}: {}
              /a?b=1: {}
            """,
            """
            error[AS149]: 'a' is no path: a path begins with '/'
              api/jobs.yaml:4:3   a: {}
                                  ^
            error[AS149]: '/{a' is no path: '{' has no '}' behind it
              api/jobs.yaml:5:3   /{a: {}
                                  ^^^
            error[AS149]: '/{a}/{a}' is no path: '{a}' stands in it twice
              api/jobs.yaml:6:3   /{a}/{a}: {}
                                  ^^^^^^^^
            error[AS149]: '/a}' is no path: '}' has no '{' before it
              api/jobs.yaml:7:3   /a}: {}
                                  ^^^
            error[AS149]: '/{}' is no path: a parameter needs a name
              api/jobs.yaml:8:3   /{}: {}
                                  ^^^
            warning[AS149]: '/a?b=1' has a query or fragment: no request has this path
              api/jobs.yaml:9:3   /a?b=1: {}
                                  ^^^^^^
              fix: describe the query with parameters
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /jobs/{id}:
                get:
                  parameters: [{name: ib, in: path, required: true, schema: {type: string}}]
                  responses: {200: {description: ok}}
            """,
            """
            warning[AS150]: GET /jobs/{id} has no path parameter 'id'
              api/jobs.yaml:6:7   parameters: [{name: ib, in: path, required: true, schema: {type: string}}]
                                  ^
              fix: add `{name: id, in: path, required: true, schema: {type: string}}`
            warning[AS150]: '/jobs/{id}' has no '{ib}', and GET has a path parameter of that name
              api/jobs.yaml:6:20   parameters: [{name: ib, in: path, required: true, schema: {type: string}}]
                                                ^
              fix: did you mean 'id'?
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /jobs/{id}:
                get: &get
                  operationId: job
                  parameters: [{name: id, in: path, required: true, schema: {}}]
                  responses: {200: {description: ok}}
              /jobs/{name}:
                get:
                  operationId: job
                  parameters: [{name: name, in: path, required: true, schema: {}}]
                  responses: {200: {description: ok}}
            """,
            """
            warning[AS151]: the same requests go to GET /jobs/{name} and GET /jobs/{id}: the first one counts
              api/jobs.yaml:11:7   operationId: job
                                   ^
            warning[AS152]: operationId 'job' is that of GET /jobs/{id} too, and here of GET /jobs/{name}
              api/jobs.yaml:11:7   operationId: job
                                   ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  parameters:
                    - {name: a, in: body, schema: {}}
                    - {name: b, in: headers, schema: {}}
                    - {name: c, in: query}
                    - {name: d, in: query, style: deepobject, schema: {}}
                    - {name: e, in: header, style: form, schema: {}}
                    - {name: f, in: query, schema: {}, content: {a/b: {}}}
                    - {name: c, in: query, schema: {}}
                    - {in: query, schema: {}}
                    - {name: g, in: cookie, content: {}}
                  responses: {200: {description: ok}}
            """,
            """
            error[AS153]: expected path, query, header or cookie for 'in', found 'body'
              api/jobs.yaml:7:25   - {name: a, in: body, schema: {}}
                                                   ^^^^
              fix: describe it with `requestBody`
            error[AS153]: expected path, query, header or cookie for 'in', found 'headers'
              api/jobs.yaml:8:25   - {name: b, in: headers, schema: {}}
                                                   ^^^^^^^
            warning[AS153]: the parameter 'c' has no 'schema': any value will do
              api/jobs.yaml:9:11   - {name: c, in: query}
                                     ^
            error[AS153]: expected one of matrix, label, simple, form, spaceDelimited, pipeDelimited, deepObject for 'style', found 'deepobject'
              api/jobs.yaml:10:39   - {name: d, in: query, style: deepobject, schema: {}}
                                                                  ^^^^^^^^^^
              fix: did you mean 'deepObject'?
            warning[AS153]: expected style simple for a header parameter, found 'form'
              api/jobs.yaml:11:40   - {name: e, in: header, style: form, schema: {}}
                                                                   ^^^^
            warning[AS153]: the parameter 'f' has 'schema' and 'content': 'schema' counts
              api/jobs.yaml:12:11   - {name: f, in: query, schema: {}, content: {a/b: {}}}
                                      ^
              fix: keep one of them
            warning[AS153]: the query parameter 'c' is described twice
              api/jobs.yaml:13:11   - {name: c, in: query, schema: {}}
                                      ^
            error[AS147]: a parameter needs 'name'
              api/jobs.yaml:14:11   - {in: query, schema: {}}
                                      ^
              fix: add `name: …`
            warning[AS153]: the parameter 'g' has one media type in 'content', found 0
              api/jobs.yaml:15:11   - {name: g, in: cookie, content: {}}
                                      ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses:
                    200:
                      description: ok
                      headers: {X-A: {description: none}}
                      content:
                        json: {}
                        application/json:
                          schema:
                            type: object
                            required: 7
            """,
            """
            warning[AS153]: a header has no 'schema': any value will do
              api/jobs.yaml:9:26   headers: {X-A: {description: none}}
                                                  ^
            warning[AS157]: expected a media type like application/json, found 'json'
              api/jobs.yaml:11:13   json: {}
                                    ^^^^
            error[AS154]: a schema cannot be used: expected an array of names, found 7
              api/jobs.yaml:15:27   required: 7
                                              ^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses: {200: {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/No'}}}}}
            components:
              schemas:
                A: {type: text}
                B: {properties: {a: {$ref: 'no.yaml#/A'}}}
                C: 7
                D: {type: string, pattern: '('}
            """,
            """
            error[AS148]: there is no '#/components/schemas/No'
              api/jobs.yaml:6:86   responses: {200: {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/No'}}}}}
                                                                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^
            error[AS154]: a schema cannot be used: expected one of null, boolean, object, array, number, integer, string, found "text"
              api/jobs.yaml:9:15   A: {type: text}
                                             ^^^^
            error[AS148]: 'no.yaml#/A' cannot be read
              api/jobs.yaml:10:32   B: {properties: {a: {$ref: 'no.yaml#/A'}}}
                                                               ^^^^^^^^^^^^
            error[AS154]: a schema cannot be used: expected a schema (an object, true or false), found 7
              api/jobs.yaml:11:8   C: 7
                                      ^
            error[AS154]: a schema cannot be used: expected a regular expression, found '(' (at byte 2 of the pattern: missing closing parenthesis)
              api/jobs.yaml:12:32   D: {type: string, pattern: '('}
                                                               ^^^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  parameters: [{name: a, in: query, schema: {type: integer}, example: x}]
                  requestBody: {content: {application/json: {schema: {type: object, required: [a]}, examples: {one: {value: {b: 1}}}}}}
                  responses:
                    200:
                      description: ok
                      headers: {X-A: {schema: {type: integer}, example: x}}
                      content:
                        application/json:
                          schema: {type: integer}
                          example: x
            """,
            """
            warning[AS155]: the example is not as its schema says: $: expected integer, found string "x"
              api/jobs.yaml:6:75   parameters: [{name: a, in: query, schema: {type: integer}, example: x}]
                                                                                                       ^
              fix: mend the example or the schema
            warning[AS155]: the example 'one' is not as its schema says: $: expected a member 'a', found an object with b
              api/jobs.yaml:7:113   requestBody: {content: {application/json: {schema: {type: object, required: [a]}, examples: {one: {value: {b: 1}}}}}}
                                                                                                                                              ^
              fix: mend the example or the schema
            warning[AS155]: the example is not as its schema says: $: expected integer, found string "x"
              api/jobs.yaml:11:61   headers: {X-A: {schema: {type: integer}, example: x}}
                                                                                      ^
              fix: mend the example or the schema
            warning[AS155]: the example is not as its schema says: $: expected integer, found string "x"
              api/jobs.yaml:15:24   example: x
                                             ^
              fix: mend the example or the schema
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  security: [{token: []}, {nobody: []}]
                  responses: {200: {description: ok}}
            components:
              securitySchemes:
                tokens: {type: http, scheme: bearer}
                a: {type: http}
                b: {type: apiKey, in: path, name: b}
                c: {type: digest}
            """,
            """
            warning[AS156]: there is no security scheme 'token' in 'components'
              api/jobs.yaml:6:19   security: [{token: []}, {nobody: []}]
                                               ^^^^^
              fix: did you mean 'tokens'?
            warning[AS156]: there is no security scheme 'nobody' in 'components'
              api/jobs.yaml:6:32   security: [{token: []}, {nobody: []}]
                                                            ^^^^^^
            error[AS156]: a scheme of type http has 'scheme', like bearer
              api/jobs.yaml:11:8   a: {type: http}
                                      ^
            error[AS156]: an apiKey has 'name', and 'in' with query, header or cookie
              api/jobs.yaml:12:8   b: {type: apiKey, in: path, name: b}
                                      ^
            error[AS156]: expected one of apiKey, http, oauth2, openIdConnect, mutualTLS for 'type', found 'digest'
              api/jobs.yaml:13:15   c: {type: digest}
                                              ^^^^^^
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responses: {20x: {description: a}, ok: {description: b}, 600: {description: c}, 2XX: {description: d}, x-a: 1}
            """,
            """
            error[AS157]: expected a status like 200, 4XX or default, found '20x'
              api/jobs.yaml:6:19   responses: {20x: {description: a}, ok: {description: b}, 600: {description: c}, 2XX: {description: d}, x-a: 1}
                                               ^^^
            error[AS157]: expected a status like 200, 4XX or default, found 'ok'
              api/jobs.yaml:6:42   responses: {20x: {description: a}, ok: {description: b}, 600: {description: c}, 2XX: {description: d}, x-a: 1}
                                                                      ^^
            error[AS157]: expected a status like 200, 4XX or default, found '600'
              api/jobs.yaml:6:64   responses: {20x: {description: a}, ok: {description: b}, 600: {description: c}, 2XX: {description: d}, x-a: 1}
                                                                                            ^^^
            """
        ),
        (
            """
            openapi: 3.0.3
            info: {title: A, version: "1"}
            servers:
              - {url: 'http://{host}/', variables: {}}
              - {url: '/{v}', variables: {v: {default: b, enum: [a]}}}
              - {description: none}
            paths: {}
            """,
            """
            warning[AS158]: the server's '{host}' has no variable: any value will do
              api/jobs.yaml:4:11   - {url: 'http://{host}/', variables: {}}
                                           ^^^^^^^^^^^^^^^^
            warning[AS158]: expected a for 'default', found 'b'
              api/jobs.yaml:5:44   - {url: '/{v}', variables: {v: {default: b, enum: [a]}}}
                                                                            ^
            error[AS147]: a server needs 'url'
              api/jobs.yaml:6:5   - {description: none}
                                    ^
              fix: add `url: …`
            """
        ),
        (
            """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a:
                get:
                  responces: {200: {description: ok}}
                  operationID: get
                  vendor: 1
            """,
            """
            warning[AS159]: 'responces' is not known in an operation
              api/jobs.yaml:6:7   responces: {200: {description: ok}}
                                  ^^^^^^^^^
              fix: did you mean 'responses'?
            warning[AS159]: 'operationID' is not known in an operation
              api/jobs.yaml:7:7   operationID: get
                                  ^^^^^^^^^^^
              fix: did you mean 'operationId'?
            """
        ),
    ]

    @Test("what is wrong with a document is told with its place", arguments: cases)
    func golden(text: String, said: String) {
        let read = ReadDocument(text)
        #expect(read.rendered.joined(separator: "\n") == said)
        #expect((read.document == nil) == read.problems.contains { $0.severity == .error })
    }
}
