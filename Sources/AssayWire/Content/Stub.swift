public enum ContentError: Error, Equatable { case tooLarge, corrupt }
public func decodeContent(_ bytes: [UInt8], encoding: String, limitBytes: Int) throws(ContentError) -> [UInt8] { throw .corrupt }
