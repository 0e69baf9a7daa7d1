/// What stands behind the body, and frames. Source: WHATWG HTML §13.2.6.4.19 to §13.2.6.4.23.
extension HTMLTreeBuilder {
    mutating func afterBody(_ token: HTMLToken) {
        switch token {
        case .comment(let text): insert(HTMLNode(.comment, text), into: open.first?.node ?? 0)
        case .doctype, .none: break
        case .characters(let text) where Self.split(text).rest.isEmpty: inBody(token)
        case .start(let tag) where tag.tag == .html: inBody(token)
        case .end(_, .html): mode = .afterAfterBody
        default: process(token, in: .inBody)
        }
    }

    mutating func afterAfterBody(_ token: HTMLToken) {
        switch token {
        case .comment(let text): insert(HTMLNode(.comment, text), into: 0)
        case .doctype, .none: break
        case .characters(let text) where Self.split(text).rest.isEmpty: inBody(token)
        case .start(let tag) where tag.tag == .html: inBody(token)
        default: process(token, in: .inBody)
        }
    }

    mutating func inFrameset(_ token: HTMLToken) {
        switch token {
        case .characters(let text): insertText(Self.space(in: text))
        case .comment(let text): insertComment(text)
        case .doctype, .none: break
        case .start(let tag):
            switch tag.tag {
            case .html: inBody(token)
            case .frameset: insert(tag)
            case .frame: insertVoid(tag)
            case .noframes: startHeadContent(tag)
            default: break
            }
        case .end(_, let tag):
            guard tag == .frameset, open.count > 1 else { return }
            pop()
            if current != .frameset { mode = .afterFrameset }
        }
    }

    mutating func afterFrameset(_ token: HTMLToken) {
        switch token {
        case .characters(let text): insertText(Self.space(in: text))
        case .comment(let text): insertComment(text)
        case .start(let tag) where tag.tag == .html: inBody(token)
        case .start(let tag) where tag.tag == .noframes: startHeadContent(tag)
        case .end(_, .html): mode = .afterAfterFrameset
        default: break
        }
    }

    mutating func afterAfterFrameset(_ token: HTMLToken) {
        switch token {
        case .comment(let text): insert(HTMLNode(.comment, text), into: 0)
        case .characters(let text): insertText(Self.space(in: text))
        case .start(let tag) where tag.tag == .html: inBody(token)
        case .start(let tag) where tag.tag == .noframes: startHeadContent(tag)
        default: break
        }
    }

    private static func space(in text: String) -> String {
        var space = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where isSpace(scalar) { space.append(scalar) }
        return String(space)
    }
}
