internal import AssayCore
internal import AssayFormats

/// The top-level fields that this double knows: what each answers from a tenant's data.
struct UpworkFields {
    let tenant: String
    let tenants: [String]
    let now: Int64
    var data: UpworkData

    static let queries = [
        "user", "organization", "companySelector", "marketplaceJobPostingsSearch", "marketplaceJobPostings",
        "marketplaceJobPosting", "freelancerProfileByProfileKey", "talentProfileByProfileKey",
        "vendorProposals",
        "vendorProposal", "contractList", "vendorContracts", "contract", "roomList", "room", "roomStories",
    ]
    static let mutations = ["createRoomStoryV2"]
    /// What may be asked without a tenant: which tenants there are.
    static let withoutTenant = ["companySelector", "user", "__typename"]

    /// The value of a field before its selections are taken.
    mutating func value(
        _ field: GraphQLDocument.Field, _ arguments: JSONObject, isMutation: Bool
    ) throws(GraphQLError) -> JSON {
        if field.name == "__typename" { return isMutation ? "Mutation" : "Query" }
        let known = isMutation ? Self.mutations : Self.queries
        guard known.contains(field.name) else {
            let near = nearestName(to: field.name, among: known).map { ", did you mean '\($0)'?" } ?? ""
            throw GraphQLError(
                "Validation error (FieldUndefined@[\(field.name)]) : Field '\(field.name)' in type "
                    + "'\(isMutation ? "Mutation" : "Query")' is undefined\(near)", at: field.place)
        }
        switch field.name {
        case "user": return user
        case "organization":
            return ["__typename": "Organization", "id": .string(tenant), "name": "Assay", "type": "VENDOR"]
        case "companySelector": return selector
        case "marketplaceJobPostingsSearch", "marketplaceJobPostings":
            let filter = arguments["marketPlaceJobFilter"] ?? arguments["filter"] ?? [:]
            let jobs = try UpworkJobFilter(filter, now: now).jobs(of: data.all(.jobs))
            return try page(jobs, filter["pagination_eq"] ?? arguments["pagination"], field)
        case "marketplaceJobPosting": return try found(.jobs, arguments["id"], field)
        case "freelancerProfileByProfileKey", "talentProfileByProfileKey":
            return try found(.freelancers, arguments["profileKey"], field)
        case "vendorProposals":
            let status = arguments["filter"]?["status_eq"]?.stringValue?.lowercased()
            let proposals = data.all(.proposals).filter {
                status == nil || $0["status"]?["status"]?.stringValue?.lowercased() == status
            }
            return try page(proposals, arguments["pagination"], field)
        case "vendorProposal": return try found(.proposals, arguments["id"], field)
        case "contractList":
            let ids = arguments["ids"]?.arrayValue
            let contracts = data.all(.contracts).filter {
                ids == nil || ids?.contains($0["id"] ?? .null) == true
            }
            return ["__typename": "ContractList", "contracts": .array(contracts.map { .object($0) })]
        case "vendorContracts":
            return try page(data.all(.contracts), arguments["pagination"], field)
        case "contract": return try found(.contracts, arguments["id"], field)
        case "roomList": return try page(data.all(.rooms), arguments["pagination"], field)
        case "room": return try found(.rooms, arguments["id"], field)
        case "roomStories":
            let room = arguments["filter"]?["roomId_eq"] ?? arguments["roomId"]
            _ = try found(.rooms, room, field)
            let stories = data.all(.stories).filter { $0["roomId"] == room }
            return try page(stories, arguments["filter"]?["pagination"] ?? arguments["pagination"], field)
        default: return try say(arguments, field)
        }
    }

    private var user: JSON {
        let own = data.all(.freelancers).first ?? JSONObject()
        return [
            "__typename": "User", "id": own["id"] ?? .null, "nid": .string("nid-\(tenant)"), "rid": "1",
            "name": own["fullName"] ?? .null, "email": "ann@example.com",
            "freelancerProfile": .object(own),
        ]
    }

    private var selector: JSON {
        let items = tenants.map { tenant -> JSON in
            [
                "title": .string("Company \(tenant)"), "organizationId": .string(tenant),
                "organizationRid": .string(tenant), "organizationType": "BUSINESS", "photoUrl": .null,
            ]
        }
        return ["__typename": "CompanySelector", "items": .array(items)]
    }

    private mutating func say(
        _ arguments: JSONObject, _ field: GraphQLDocument.Field
    ) throws(GraphQLError) -> JSON {
        let input = arguments["input"] ?? .object(arguments)
        guard let message = input["message"]?.stringValue, !message.isEmpty else {
            throw GraphQLError(
                "Variable 'input.message' must be a text that is not empty", at: field.place,
                path: [.string(field.key)])
        }
        let room = try found(.rooms, input["roomId"], field)
        return .object(data.say(message, in: room["id"]?.stringValue ?? "", now: now))
    }

    private func found(
        _ kind: UpworkData.Kind, _ id: JSON?, _ field: GraphQLDocument.Field
    ) throws(GraphQLError) -> JSON {
        guard let id = id?.stringValue else {
            throw GraphQLError(
                "Validation error (MissingFieldArgument@[\(field.name)]) : Missing field argument of '\(field.name)'",
                at: field.place)
        }
        guard let object = data.find(kind, id: id) else {
            throw GraphQLError(
                "\(field.name): nothing with the id '\(id.prefix(60))'", at: field.place,
                path: [.string(field.key)],
                code: "NOT_FOUND", classification: "DataFetchingException")
        }
        return .object(object)
    }

    /// Some of a list as a connection; cursors are the text of places, as Upwork's are.
    private func page(
        _ objects: [JSONObject], _ pagination: JSON?, _ field: GraphQLDocument.Field
    ) throws(GraphQLError) -> JSON {
        let first = pagination?["first"]?.intValue ?? 10
        let after = pagination?["after"].flatMap { $0 == .null ? nil : Optional($0) }
        let start = after.map { $0.stringValue.flatMap { Int64($0) } ?? $0.intValue } ?? 0
        guard let start, start >= 0, (1...100).contains(first) else {
            throw GraphQLError(
                "pagination wants 'first' from 1 to 100 and 'after' a cursor of an earlier page",
                at: field.place,
                path: [.string(field.key)])
        }
        let begin = Int(min(start, Int64(objects.count)))
        let end = min(objects.count, begin + Int(first))
        let edges = (begin..<end).map { place -> JSON in
            ["__typename": "Edge", "cursor": .string(String(place + 1)), "node": .object(objects[place])]
        }
        return [
            "__typename": "Connection", "totalCount": .int(Int64(objects.count)), "edges": .array(edges),
            "pageInfo": [
                "__typename": "PageInfo", "hasNextPage": .bool(end < objects.count),
                "endCursor": end > begin ? .string(String(end)) : .null,
            ],
        ]
    }
}

/// `marketPlaceJobFilter`: what a search for jobs asks for.
struct UpworkJobFilter {
    private let filter: JSON
    private let now: Int64
    private static let known = [
        "searchExpression_eq", "searchTerm_eq", "titleExpression_eq", "skillExpression_eq", "categoryIds_any",
        "jobType_eq", "experienceLevel_eq", "budgetRange_eq", "hourlyRate_eq", "daysPosted_eq",
        "pagination_eq",
        "verifiedPaymentOnly_eq", "locations_any", "subcategoryIds_any", "workload_eq", "clientHiresRange_eq",
        "proposalRange_eq", "previousClients_eq", "enterpriseOnly_eq", "sinceId_eq", "maxId_eq", "area_eq",
        "timezone_eq",
        "usState_eq", "occupationIds_any", "ontologySkillIds_all", "clientFeedBackRange_eq", "duration_any",
        "visitorCountry_eq", "ptcIds_any", "ptcOnly_eq", "userLocationMatch_eq", "id_any", "tools_any",
    ]

    init(_ filter: JSON, now: Int64) throws(GraphQLError) {
        for key in filter.objectValue?.keys ?? [] where !Self.known.contains(key) {
            let near = nearestName(to: key, among: Self.known).map { ", did you mean '\($0)'?" } ?? ""
            throw GraphQLError(
                "Field '\(key)' is not defined by type 'MarketplaceJobPostingsSearchFilter'\(near)")
        }
        self.filter = filter
        self.now = now
    }

    func jobs(of all: [JSONObject]) -> [JSONObject] { all.filter(fits) }

    private func fits(_ job: JSONObject) -> Bool {
        let title = job["title"]?.stringValue ?? ""
        let skills = (job["skills"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }.joined(
            separator: " ")
        let texts: [(String, String)] = [
            ("searchExpression_eq", "\(title) \(job["description"]?.stringValue ?? "") \(skills)"),
            ("searchTerm_eq", "\(title) \(job["description"]?.stringValue ?? "") \(skills)"),
            ("titleExpression_eq", title), ("skillExpression_eq", skills),
        ]
        for (key, text) in texts {
            guard let wanted = filter[key]?.stringValue else { continue }
            let text = text.lowercased()
            // All words, in any order.
            guard wanted.lowercased().split(separator: " ").allSatisfy({ text.contains($0) }) else {
                return false
            }
        }
        for (key, member) in [("jobType_eq", "jobType"), ("experienceLevel_eq", "experienceLevel")] {
            if let wanted = filter[key], wanted != .null, wanted != job[member] { return false }
        }
        if let wanted = filter["categoryIds_any"]?.arrayValue, !wanted.isEmpty,
            !wanted.contains(job["category"] ?? .null)
        {
            return false
        }
        if let ids = filter["id_any"]?.arrayValue, !ids.contains(job["id"] ?? .null) { return false }
        if let days = filter["daysPosted_eq"]?.intValue {
            let earliest = CivilTime(milliseconds: now - days * 86_400_000).text
            guard (job["publishedDateTime"]?.stringValue ?? "") >= earliest else { return false }
        }
        return isWithin(filter["budgetRange_eq"], job["amount"])
            && isWithin(filter["hourlyRate_eq"], job["hourlyBudgetMin"])
    }

    private func isWithin(_ range: JSON?, _ money: JSON?) -> Bool {
        guard let range, range != .null else { return true }
        guard let amount = money?["rawValue"]?.stringValue.flatMap({ Double($0) }), amount > 0 else {
            return false
        }
        return amount >= range["rangeStart"]?.doubleValue ?? 0
            && amount <= range["rangeEnd"]?.doubleValue ?? .infinity
    }
}
