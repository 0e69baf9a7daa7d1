// What tests meet in this module's answers, so that `import AssayTesting` is all they write.
@_exported public import class Assay.LiveStand
@_exported public import struct Assay.RecordedRequest
@_exported public import struct Assay.SQLError
@_exported public import struct Assay.StandError
@_exported public import struct Assay.StandResponse
@_exported public import enum AssayFormats.JSON
@_exported public import struct AssayFormats.JSONObject
