/// SVG and MathML. Source: WHATWG HTML §13.2.6, §13.2.6.5.
extension HTMLTreeBuilder {
    /// Whether a token is read by the rules of SVG and MathML.
    func isForeign(_ token: HTMLToken) -> Bool {
        guard let last = open.last?.node, nodes[last].namespace != .html else { return false }
        switch token {
        case .none: return false
        case .characters: return !isTextIntegrationPoint(last) && !isHTMLIntegrationPoint(last)
        case .start(let tag):
            if isTextIntegrationPoint(last), tag.tag != .mglyph, tag.tag != .malignmark { return false }
            if nodes[last].text == "annotation-xml", nodes[last].namespace == .math, tag.tag == .svg {
                return false
            }
            return !isHTMLIntegrationPoint(last)
        default: return true
        }
    }

    /// In these of MathML's elements HTML goes on.
    func isTextIntegrationPoint(_ node: Int) -> Bool {
        nodes[node].namespace == .math && ["mi", "mo", "mn", "ms", "mtext"].contains(nodes[node].text)
    }

    func isHTMLIntegrationPoint(_ node: Int, ofAnyEncoding: Bool = false) -> Bool {
        switch (nodes[node].namespace, nodes[node].text) {
        case (.svg, "foreignObject"), (.svg, "desc"), (.svg, "title"): return true
        case (.math, "annotation-xml"):
            let encoding = nodes[node]["encoding"]?.lowercased()
            return ofAnyEncoding || encoding == "text/html" || encoding == "application/xhtml+xml"
        default: return false
        }
    }

    mutating func inForeign(_ token: HTMLToken) {
        switch token {
        case .characters(let text):
            insertText(HTMLTokenizer.withoutNUL(text))
            if allowsFrameset, !text.unicodeScalars.allSatisfy({ Self.isSpace($0) || $0 == "\0" }) {
                allowsFrameset = false
            }
        case .comment(let text): insertComment(text)
        case .doctype, .none: break
        case .start(let tag):
            let breaksOut =
                tag.tag.traits.contains(.breakingOut)
                || tag.tag == .font
                    && tag.attributes.contains { ["color", "face", "size"].contains($0.name) }
            guard breaksOut else {
                return insertForeign(tag, open.last.map { nodes[$0.node].namespace } ?? .html)
            }
            leaveForeign()
            process(token)
        case .end(let name, let tag):
            if tag == .br || tag == .p {
                leaveForeign()
                return process(token)
            }
            endForeign(name, token)
        }
    }

    private mutating func leaveForeign() {
        while let last = open.last?.node, nodes[last].namespace != .html, !isTextIntegrationPoint(last),
            !isHTMLIntegrationPoint(last)
        {
            pop()
        }
    }

    private mutating func endForeign(_ name: String, _ token: HTMLToken) {
        for (index, entry) in open.enumerated().reversed() {
            if nodes[entry.node].namespace == .html { return process(token) }
            guard nodes[entry.node].text.lowercased() == name else { continue }
            while open.count > max(index, 1) { pop() }
            return
        }
    }

    /// Names get the capitals that SVG and MathML write them with.
    mutating func insertForeign(_ tag: HTMLStartTag, _ namespace: HTMLNode.Namespace) {
        var tag = tag
        if namespace == .svg { tag.name = HTMLForeignNames.elements[tag.name] ?? tag.name }
        for index in tag.attributes.indices {
            let name = tag.attributes[index].name
            if namespace == .svg, let adjusted = HTMLForeignNames.attributes[name] {
                tag.attributes[index].name = adjusted
            } else if namespace == .math, name == "definitionurl" {
                tag.attributes[index].name = "definitionURL"
            }
        }
        if insert(tag, namespace), tag.isSelfClosing { pop() }
    }
}

/// How SVG writes names that have capitals. Source: WHATWG HTML §13.2.6.1, §13.2.6.5.
enum HTMLForeignNames {
    static let elements = table(
        """
        altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend \
        feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap \
        feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge \
        feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence \
        foreignObject glyphRef linearGradient radialGradient textPath
        """)
    static let attributes = table(
        """
        attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant edgeMode \
        filterUnits glyphRef gradientTransform gradientUnits kernelMatrix kernelUnitLength keyPoints keySplines \
        keyTimes lengthAdjust limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits \
        numOctaves pathLength patternContentUnits patternTransform patternUnits pointsAtX pointsAtY pointsAtZ \
        preserveAlpha preserveAspectRatio primitiveUnits refX refY repeatCount repeatDur requiredExtensions \
        requiredFeatures specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles \
        surfaceScale systemLanguage tableValues targetX targetY textLength viewBox viewTarget xChannelSelector \
        yChannelSelector zoomAndPan
        """)

    private static func table(_ names: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: names.split(separator: " ").map { ($0.lowercased(), String($0)) })
    }
}
