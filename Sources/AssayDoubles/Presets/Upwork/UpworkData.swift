internal import AssayCore
internal import AssayFormats

/// What one tenant has: made from a seed, changed by mutations.
struct UpworkData: Sendable {
    /// Kinds of objects, as an option's keys name them.
    enum Kind: String, Sendable, CaseIterable { case jobs, freelancers, proposals, contracts, rooms, stories }

    /// In the order they are listed, newest first.
    private(set) var objects: [Kind: [JSONObject]] = [:]
    let tenant: String
    private var random: SeededRandom
    /// Stories that mutations may add.
    private static let storyLimit = 10_000

    /// - Parameters:
    ///   - jobs: how many are made up; the rest follows from it.
    ///   - more: objects of the user's own; one of an id that is there takes its place.
    ///   - now: milliseconds since 1970; dates are before it.
    init(tenant: String, jobs: Int, more: [Kind: [JSONObject]], random: SeededRandom, now: Int64) {
        self.tenant = tenant
        self.random = random
        makeFreelancers(3)
        for number in 0..<jobs { objects[.jobs, default: []].append(job(number, now)) }
        makeWork(now)
        for (kind, added) in more {
            for object in added { put(object, in: kind) }
        }
    }

    func all(_ kind: Kind) -> [JSONObject] { objects[kind] ?? [] }

    func find(_ kind: Kind, id: String) -> JSONObject? {
        all(kind).first { $0["id"] == .string(id) || $0["ciphertext"] == .string(id) }
    }

    /// Adds an object in front, or puts it in place of the one of its id.
    private mutating func put(_ object: JSONObject, in kind: Kind) {
        var all = self.all(kind)
        if let id = object["id"], let place = all.firstIndex(where: { $0["id"] == id }) {
            for (key, value) in object { all[place][key] = value }
        } else {
            all.insert(object, at: 0)
        }
        objects[kind] = all
    }

    /// A message of the tenant's user in a room.
    mutating func say(_ message: String, in room: String, now: Int64) -> JSONObject {
        let author = all(.freelancers).first ?? JSONObject()
        let story = story(message, room: room, author: author, at: now)
        put(story, in: .stories)
        if all(.stories).count > Self.storyLimit { objects[.stories]?.removeLast() }
        return story
    }

    // MARK: Making up

    private mutating func pick(_ words: [String]) -> String { random.pick(words) ?? "" }

    /// 19 digits, as Upwork's ids are.
    private mutating func makeID() -> String {
        "1" + String(String(random.next() | 1 << 63).prefix(18))
    }

    private static func date(_ milliseconds: Int64) -> JSON {
        .string(CivilTime(milliseconds: milliseconds).text)
    }

    private static func money(_ amount: Int) -> JSON {
        [
            "__typename": "Money", "rawValue": .string("\(amount).0"), "currency": "USD",
            "displayValue": .string("$\(amount)"),
        ]
    }

    private static let skills = [
        "Python", "Django", "React", "TypeScript", "Swift", "PostgreSQL", "Go", "Docker", "AWS", "GraphQL",
        "Rust", "Vue.js",
    ]
    private static let works = [
        "Build a REST API", "Fix a slow query", "Design a landing page", "Migrate a database",
        "Write integration tests",
        "Develop a mobile app", "Set up CI", "Integrate a payment provider", "Scrape product data",
        "Build a chat bot",
    ]
    private static let categories = [
        "Web Development", "Mobile Development", "Data Science", "DevOps", "QA & Testing",
    ]

    private mutating func makeFreelancers(_ count: Int) {
        let names = [("Ann", "Lee"), ("Bohdan", "Koval"), ("Chidi", "Okafor")]
        for number in 0..<count {
            let (first, last) = names[number % names.count]
            let id = makeID()
            let skills = random.shuffled(Self.skills).prefix(4)
            objects[.freelancers, default: []].append([
                "__typename": "FreelancerProfile", "id": .string(id), "ciphertext": .string("~0" + id),
                "identity": ["id": .string(id), "ciphertext": .string("~0" + id)],
                "fullName": .string("\(first) \(last)"), "firstName": .string(first),
                "lastName": .string(last),
                "personalData": [
                    "firstName": .string(first), "lastName": .string(last),
                    "title": .string("\(skills[0]) developer"),
                    "description": .string("\(first) works with \(skills.joined(separator: ", "))."),
                    "profileUrl": .string("https://www.upwork.example/freelancers/~0\(id)"),
                    "chargeRate": Self.money(random.integer(in: 20...120)),
                ],
                "skills": .array(skills.map { ["name": .string($0), "prettyName": .string($0)] }),
                "jobSuccessScore": .int(Int64(random.integer(in: 70...100))),
                "location": ["country": .string(pick(["Ukraine", "Nigeria", "United States", "Germany"]))],
                "profileAggregates": [
                    "jobSuccessScore": .int(Int64(random.integer(in: 70...100))),
                    "totalHours": .int(Int64(random.integer(in: 10...5000))),
                    "totalJobs": .int(Int64(random.integer(in: 1...200))),
                ],
            ])
        }
    }

    /// Jobs are an hour apart, the first the newest.
    private mutating func job(_ number: Int, _ now: Int64) -> JSONObject {
        let id = makeID()
        let skills = Array(random.shuffled(Self.skills).prefix(3))
        let title = "\(pick(Self.works)) with \(skills[0])"
        let isHourly = random.chance(0.5)
        let amount = random.integer(in: 1...50) * 100
        let rate = random.integer(in: 15...80)
        let published = Self.date(now - Int64(number) * 3_600_000)
        return [
            "__typename": "MarketplaceJobPostingSearchResult", "id": .string(id),
            "ciphertext": .string("~02" + id),
            "title": .string(title),
            "description": .string(
                "We need somebody to \(title.prefix(1).lowercased())\(title.dropFirst()). "
                    + "You know \(skills[1]) and \(skills[2])."),
            "category": .string(pick(Self.categories)), "subcategory": .string("Full Stack Development"),
            "createdDateTime": published, "publishedDateTime": published,
            "experienceLevel": .string(pick(["ENTRY_LEVEL", "INTERMEDIATE", "EXPERT"])),
            "contractType": .string(isHourly ? "HOURLY" : "FIXED"),
            "jobType": .string(isHourly ? "HOURLY" : "FIXED"),
            "engagement": .string(isHourly ? "Less than 30 hrs/week" : "Not sure"), "duration": "MONTH",
            "durationLabel": "1 to 3 months", "amount": Self.money(isHourly ? 0 : amount),
            "hourlyBudgetType": isHourly ? "MANUAL" : "NOT_PROVIDED",
            "hourlyBudgetMin": isHourly ? Self.money(rate) : .null,
            "hourlyBudgetMax": isHourly ? Self.money(rate + 20) : .null,
            "skills": .array(skills.map { ["name": .string($0), "prettyName": .string($0)] }),
            "totalApplicants": .int(Int64(random.integer(in: 0...50))), "applied": false, "premium": false,
            "enterprise": false, "freelancersToHire": 1,
            "client": [
                "__typename": "MarketplaceJobPostingSearchClientInfo", "verificationStatus": "VERIFIED",
                "totalHires": .int(Int64(random.integer(in: 0...40))),
                "totalPostedJobs": .int(Int64(random.integer(in: 1...60))),
                "totalSpent": Self.money(random.integer(in: 0...900) * 100),
                "totalReviews": .int(Int64(random.integer(in: 0...30))),
                "totalFeedback": .double(Double(random.integer(in: 35...50)) / 10),
                "location": ["country": .string(pick(["United States", "Germany", "Ukraine", "Australia"]))],
            ],
            "content": ["title": .string(title), "description": .string(title)],
        ]
    }

    /// Proposals for every fourth job, contracts from every other proposal, a room a contract.
    private mutating func makeWork(_ now: Int64) {
        let freelancer = all(.freelancers).first ?? JSONObject()
        for (number, job) in all(.jobs).enumerated() where number % 4 == 0 {
            let status = ["Submitted", "Accepted", "Declined", "Accepted"][number / 4 % 4]
            let at = now - Int64(number) * 3_000_000
            let proposal: JSONObject = [
                "__typename": "VendorProposal", "id": .string(makeID()),
                "status": ["status": .string(status)],
                "proposalCoverLetter": "I have done this before.", "coverLetter": "I have done this before.",
                "terms": ["chargeRate": Self.money(random.integer(in: 20...90))],
                "auditDetails": [
                    "createdDateTime": ["rawValue": Self.date(at), "displayValue": Self.date(at)],
                    "modifiedDateTime": ["rawValue": Self.date(at), "displayValue": Self.date(at)],
                ],
                "user": ["id": freelancer["id"] ?? .null, "name": freelancer["fullName"] ?? .null],
                "marketplaceJobPosting": .object(job),
            ]
            objects[.proposals, default: []].append(proposal)
            guard status == "Accepted" else { continue }
            let id = makeID()
            objects[.contracts, default: []].append([
                "__typename": "Contract", "id": .string(id), "title": job["title"] ?? .null,
                "status": .string(number / 4 % 4 == 1 ? "ACTIVE" : "CLOSED"),
                "contractType": job["contractType"] ?? .null,
                "startDate": Self.date(at), "createdDateTime": Self.date(at),
                "endDate": number / 4 % 4 == 1 ? .null : Self.date(now),
                "freelancer": .object(freelancer), "job": .object(job),
                "terms": ["hourlyRate": Self.money(random.integer(in: 20...90))],
            ])
            makeRoom(for: job, contract: id, freelancer, at)
        }
    }

    private mutating func makeRoom(
        for job: JSONObject, contract: String, _ freelancer: JSONObject, _ at: Int64
    ) {
        let id = "room_" + makeID()
        objects[.rooms, default: []].append([
            "__typename": "Room", "id": .string(id), "roomName": job["title"] ?? .null,
            "topic": job["title"] ?? .null,
            "roomType": "INTERVIEW", "contractId": .string(contract), "createdAtDateTime": Self.date(at),
            "numUnread": 1, "roomUsers": [["user": ["id": freelancer["id"] ?? .null]]],
        ])
        let texts = ["Hello! When can you start?", "Tomorrow morning.", "Good, the contract is on its way."]
        for (number, text) in texts.enumerated().reversed() {
            let client: JSONObject = ["id": "client", "fullName": "A client"]
            let author = number == 1 ? freelancer : client
            objects[.stories, default: []].append(
                story(text, room: id, author: author, at: at + Int64(number) * 60_000))
        }
    }

    private mutating func story(_ message: String, room: String, author: JSONObject, at: Int64) -> JSONObject
    {
        [
            "__typename": "RoomStory", "id": .string("story_" + makeID()), "message": .string(message),
            "roomId": .string(room), "createdDateTime": Self.date(at), "updatedDateTime": Self.date(at),
            "user": ["id": author["id"] ?? .null, "name": author["fullName"] ?? .null],
        ]
    }
}
