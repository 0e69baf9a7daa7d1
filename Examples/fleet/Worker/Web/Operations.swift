internal import AssayFormats
internal import FleetCore

extension Operation {
    /// Everything that the worker answers.
    static let all: [Operation] = service + jobs + pulling

    private static let jobParameter: JSON = [
        "name": "id", "in": "path", "required": true, "schema": ["type": "string", "minLength": 1],
    ]

    private static let service: [Operation] = [
        Operation(
            method: "GET", path: "/api/v1/health", id: "health", summary: "How the worker is",
            responses: [.json(200, "It works.", "Health")]
        ) { service, _ in service.health },
        Operation(
            method: "GET", path: "/api/v1/metrics", id: "metrics",
            summary: "Counts in Prometheus's text form",
            responses: [
                Response(status: 200, description: "Counts.", schema: nil, type: "text/plain")
            ]
        ) { service, _ in Reply(bytes: Array(service.renderedMetrics.utf8), type: Metrics.type) },
        Operation(
            method: "GET", path: "/openapi.json", id: "openapi", summary: "This document",
            responses: [.json(200, "The document.", "Document")]
        ) { _, _ in Reply(200, OpenAPIDocument.json) },
    ]

    private static let jobs: [Operation] = [
        Operation(
            method: "POST", path: "/api/v1/jobs", id: "startJob", summary: "Starts a job by its type",
            request: "JobRequest",
            responses: [
                .json(202, "It waits to be run.", "Job"),
                .json(400, "What is wrong with the request, member by member.", "Error"),
                .json(429, "As many jobs wait as may.", "Error"),
            ]
        ) { service, call throws(Refused) in try service.start(call) },
        Operation(
            method: "GET", path: "/api/v1/jobs", id: "listJobs", summary: "Jobs in the order of their start",
            parameters: [
                [
                    "name": "status", "in": "query", "required": false,
                    "schema": ["$ref": "#/components/schemas/JobStatus"],
                ]
            ],
            responses: [
                .json(200, "The jobs, those of one status when it is asked for.", "JobList"),
                .json(400, "There is no such status.", "Error"),
            ]
        ) { service, call throws(Refused) in try service.list(call) },
        Operation(
            method: "GET", path: "/api/v1/jobs/{id}", id: "getJob", summary: "One job",
            parameters: [jobParameter], responses: [.json(200, "The job.", "Job"), .unknownJob]
        ) { service, call throws(Refused) in try service.job(call) },
        Operation(
            method: "POST", path: "/api/v1/jobs/{id}/stop", id: "stopJob",
            summary: "Ends a job: at once when it waits, after its current action when it runs",
            parameters: [jobParameter],
            responses: [
                .json(200, "The job.", "Job"), .unknownJob, .json(409, "It has ended already.", "Error"),
            ]
        ) { service, call throws(Refused) in try service.stop(call) },
    ]

    private static let pulling: [Operation] = [
        Operation(
            method: "GET", path: "/api/v1/pull", id: "getPull", summary: "Whether tasks of the UI are pulled",
            responses: [.json(200, "Whether they are.", "Pull")]
        ) { service, _ in service.pull },
        Operation(
            method: "POST", path: "/api/v1/pull/start", id: "startPull", summary: "Pulls tasks from now on",
            responses: [.json(200, "They are pulled.", "Pull")]
        ) { service, _ in service.setPulling(true) },
        Operation(
            method: "POST", path: "/api/v1/pull/stop", id: "stopPull",
            summary: "Pulls no more tasks; those that were are done",
            responses: [.json(200, "They are not pulled.", "Pull")]
        ) { service, _ in service.setPulling(false) },
    ]
}
