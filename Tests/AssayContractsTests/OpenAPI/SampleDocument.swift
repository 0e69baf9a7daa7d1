/// A document that has something of everything.
enum SampleDocument {
    static let text = """
        openapi: 3.1.0
        info: {title: Jobs, version: "2"}
        jsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base
        servers:
          - url: https://api.example.com/v2/
          - url: "http://{host}:{port}/{base}"
            description: a stand
            variables:
              host: {default: localhost}
              port: {default: "8080", enum: ["8080", "9090"]}
              base: {default: api, enum: [api, intern]}
        security: [{token: []}]
        tags: [{name: jobs, description: work}]
        paths:
          x-note: none
          /jobs/{id}:
            summary: one job
            parameters:
              - {name: id, in: path, required: true, schema: {type: integer}}
              - $ref: "#/components/parameters/Tenant"
            get:
              operationId: getJob
              tags: [jobs]
              x-sunset: 2027-01-01
              deprecated: true
              security: [{}, {key: [], login: [read]}]
              parameters:
                - {name: X-Tenant, in: header, schema: {type: string, minLength: 3}, example: acme}
                - name: fields
                  in: query
                  style: pipeDelimited
                  explode: false
                  schema: {type: array, items: {type: string}}
                - {name: where, in: query, content: {application/json: {schema: {type: object}}}}
              responses:
                "200":
                  description: found
                  headers:
                    X-Rate: {required: true, schema: {type: integer}, example: 7}
                    Content-Type: {schema: {type: string}}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Job"}
                      examples:
                        one: {value: {id: 1, state: done}}
                        far: {externalValue: "https://example.com/far.json"}
                        shared: {$ref: "#/components/examples/Shared"}
                4xx: {$ref: "#/components/responses/Problem"}
                default: {description: anything}
            put:
              servers: [{url: /own}]
              security: []
              requestBody: {$ref: "#/components/requestBodies/Job"}
              responses: {204: {description: done, links: {next: {operationId: getJob}}}}
              callbacks:
                done:
                  "{$request.query.url}":
                    post:
                      requestBody: {content: {application/json: {schema: {type: object}}}}
                      responses: {200: {description: heard}}
          /shared: {$ref: "common.yaml#/paths/~1shared"}
        webhooks:
          jobDone:
            post:
              requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Job"}}}}
              responses: {200: {description: heard}}
        components:
          parameters:
            Tenant: {name: X-Tenant, in: header, schema: {type: string}}
          examples:
            Shared: {summary: the shared one, value: {id: 2, state: new}}
          requestBodies:
            Job:
              required: true
              content:
                application/json:
                  schema: {$ref: "#/components/schemas/Job"}
                multipart/form-data:
                  schema: {type: object, properties: {file: {type: string}, meta: {type: object}}}
                  encoding:
                    meta: {contentType: application/json, headers: {X-Part: {schema: {type: string}}}}
          responses:
            Problem:
              description: no
              content: {application/problem+json: {schema: {$ref: "common.yaml#/Problem"}}}
          securitySchemes:
            token: {type: http, scheme: Bearer, bearerFormat: JWT}
            key: {type: apiKey, in: query, name: api_key}
            login:
              type: oauth2
              flows: {password: {tokenUrl: /token, scopes: {read: to read}}}
            basic: {type: http, scheme: basic}
            open: {type: openIdConnect, openIdConnectUrl: "https://example.com"}
          schemas:
            Job:
              type: object
              required: [id, state]
              properties:
                id: {type: integer, readOnly: true}
                state: {type: string, enum: [new, done]}
                secret: {type: string, writeOnly: true}
                parent: {$ref: "#/components/schemas/Job"}
        """

    static let common = """
        paths:
          /shared:
            get:
              parameters: [{$ref: "#/Limit"}]
              responses:
                200: {description: ok, content: {application/json: {schema: {$ref: "#/Problem"}}}}
        Limit: {name: limit, in: query, schema: {type: integer, maximum: 10}}
        Problem: {type: object, required: [title], properties: {title: {type: string}}}
        """
}
