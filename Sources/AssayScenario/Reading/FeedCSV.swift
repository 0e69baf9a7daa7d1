import AssayCore
import AssayFormats

extension ScenarioFile {
    /// Rows of a CSV feed; what is wrong in it is told in its own lines.
    func csvRows(_ bytes: [UInt8], file: String) -> [JSONObject] {
        let table = CSVTable(parsing: bytes, file: file)
        session.bag.add(table.problems)
        return table.rows
    }
}
