internal import Glibc

/// libpq, loaded when the first PostgreSQL is spoken to.
///
/// Linked, it would bring twenty libraries into every start (5 MiB, 3 ms), and a machine without it could not run Assay.
/// Names, types and numbers below are those of libpq-fe.h, PostgreSQL 15; the library keeps them (soname 5).
enum PostgresLibrary {
    typealias NoticeProcessor = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void

    private static let handle: UInt = unsafe UInt(bitPattern: dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL))

    /// Whether it is installed; without it none of the functions may be called.
    static var isThere: Bool { handle != 0 }

    fileprivate static func function<Signature>(_ name: String, as type: Signature.Type = Signature.self)
        -> Signature
    {
        // SAFETY: the library is never unloaded, and the signature is that of its header.
        guard isThere, let symbol = unsafe dlsym(UnsafeMutableRawPointer(bitPattern: handle), name) else {
            preconditionFailure("libpq has no \(name)")
        }
        return unsafe unsafeBitCast(symbol, to: type)
    }
}

let CONNECTION_OK: UInt32 = 0
let CONNECTION_BAD: UInt32 = 1
let PGRES_POLLING_FAILED: UInt32 = 0
let PGRES_POLLING_READING: UInt32 = 1
let PGRES_POLLING_WRITING: UInt32 = 2
let PGRES_POLLING_OK: UInt32 = 3
let PGRES_COPY_OUT: UInt32 = 3
let PGRES_COPY_IN: UInt32 = 4
let PGRES_BAD_RESPONSE: UInt32 = 5
let PGRES_FATAL_ERROR: UInt32 = 7
let PGRES_COPY_BOTH: UInt32 = 8
let PQTRANS_IDLE: UInt32 = 0

// SAFETY: each is written once, at its first use, and never changed.
nonisolated(unsafe) let PQconnectStart: @convention(c) (UnsafePointer<CChar>) -> OpaquePointer? =
    unsafe PostgresLibrary.function("PQconnectStart")
nonisolated(unsafe) let PQconnectdbParams:
    @convention(c) (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>, Int32) ->
        OpaquePointer? = unsafe PostgresLibrary.function("PQconnectdbParams")
nonisolated(unsafe) let PQexecParams:
    @convention(c) (
        OpaquePointer, UnsafePointer<CChar>, Int32, UnsafePointer<UInt32>?,
        UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
    ) -> OpaquePointer? = unsafe PostgresLibrary.function("PQexecParams")
nonisolated(unsafe) let PQconnectPoll: @convention(c) (OpaquePointer) -> UInt32 =
    unsafe PostgresLibrary.function("PQconnectPoll")
nonisolated(unsafe) let PQstatus: @convention(c) (OpaquePointer) -> UInt32 = unsafe PostgresLibrary.function(
    "PQstatus")
nonisolated(unsafe) let PQtransactionStatus: @convention(c) (OpaquePointer) -> UInt32 =
    unsafe PostgresLibrary.function("PQtransactionStatus")
nonisolated(unsafe) let PQsocket: @convention(c) (OpaquePointer) -> Int32 = unsafe PostgresLibrary.function(
    "PQsocket")
nonisolated(unsafe) let PQfinish: @convention(c) (OpaquePointer) -> Void = unsafe PostgresLibrary.function(
    "PQfinish")
nonisolated(unsafe) let PQsetnonblocking: @convention(c) (OpaquePointer, Int32) -> Int32 =
    unsafe PostgresLibrary.function("PQsetnonblocking")
nonisolated(unsafe) let PQsetNoticeProcessor:
    @convention(c) (OpaquePointer, PostgresLibrary.NoticeProcessor?, UnsafeMutableRawPointer?) ->
        UnsafeRawPointer? = unsafe PostgresLibrary.function("PQsetNoticeProcessor")
nonisolated(unsafe) let PQflush: @convention(c) (OpaquePointer) -> Int32 = unsafe PostgresLibrary.function(
    "PQflush")
nonisolated(unsafe) let PQconsumeInput: @convention(c) (OpaquePointer) -> Int32 =
    unsafe PostgresLibrary.function("PQconsumeInput")
nonisolated(unsafe) let PQisBusy: @convention(c) (OpaquePointer) -> Int32 = unsafe PostgresLibrary.function(
    "PQisBusy")
nonisolated(unsafe) let PQerrorMessage: @convention(c) (OpaquePointer) -> UnsafePointer<CChar> =
    unsafe PostgresLibrary.function("PQerrorMessage")
nonisolated(unsafe) let PQsendQuery: @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Int32 =
    unsafe PostgresLibrary.function("PQsendQuery")
nonisolated(unsafe) let PQsendQueryParams:
    @convention(c) (
        OpaquePointer, UnsafePointer<CChar>, Int32, UnsafePointer<UInt32>?,
        UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
    ) -> Int32 = unsafe PostgresLibrary.function("PQsendQueryParams")
nonisolated(unsafe) let PQsendPrepare:
    @convention(c) (OpaquePointer, UnsafePointer<CChar>, UnsafePointer<CChar>, Int32, UnsafePointer<UInt32>?)
        -> Int32 = unsafe PostgresLibrary.function("PQsendPrepare")
nonisolated(unsafe) let PQsendDescribePrepared:
    @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Int32 = unsafe PostgresLibrary.function(
        "PQsendDescribePrepared")
nonisolated(unsafe) let PQsetSingleRowMode: @convention(c) (OpaquePointer) -> Int32 =
    unsafe PostgresLibrary.function("PQsetSingleRowMode")
nonisolated(unsafe) let PQgetResult: @convention(c) (OpaquePointer) -> OpaquePointer? =
    unsafe PostgresLibrary.function("PQgetResult")
nonisolated(unsafe) let PQclear: @convention(c) (OpaquePointer) -> Void = unsafe PostgresLibrary.function(
    "PQclear")
nonisolated(unsafe) let PQresultStatus: @convention(c) (OpaquePointer) -> UInt32 =
    unsafe PostgresLibrary.function("PQresultStatus")
nonisolated(unsafe) let PQresultErrorMessage: @convention(c) (OpaquePointer) -> UnsafePointer<CChar> =
    unsafe PostgresLibrary.function("PQresultErrorMessage")
nonisolated(unsafe) let PQresultErrorField: @convention(c) (OpaquePointer, Int32) -> UnsafePointer<CChar>? =
    unsafe PostgresLibrary.function("PQresultErrorField")
nonisolated(unsafe) let PQntuples: @convention(c) (OpaquePointer) -> Int32 = unsafe PostgresLibrary.function(
    "PQntuples")
nonisolated(unsafe) let PQnfields: @convention(c) (OpaquePointer) -> Int32 = unsafe PostgresLibrary.function(
    "PQnfields")
nonisolated(unsafe) let PQfname: @convention(c) (OpaquePointer, Int32) -> UnsafePointer<CChar> =
    unsafe PostgresLibrary.function("PQfname")
nonisolated(unsafe) let PQftype: @convention(c) (OpaquePointer, Int32) -> UInt32 =
    unsafe PostgresLibrary.function("PQftype")
nonisolated(unsafe) let PQgetisnull: @convention(c) (OpaquePointer, Int32, Int32) -> Int32 =
    unsafe PostgresLibrary.function("PQgetisnull")
nonisolated(unsafe) let PQgetvalue: @convention(c) (OpaquePointer, Int32, Int32) -> UnsafePointer<CChar>? =
    unsafe PostgresLibrary.function("PQgetvalue")
nonisolated(unsafe) let PQcmdTuples: @convention(c) (OpaquePointer) -> UnsafePointer<CChar> =
    unsafe PostgresLibrary.function("PQcmdTuples")
nonisolated(unsafe) let PQnparams: @convention(c) (OpaquePointer) -> Int32 = unsafe PostgresLibrary.function(
    "PQnparams")
nonisolated(unsafe) let PQparamtype: @convention(c) (OpaquePointer, Int32) -> UInt32 =
    unsafe PostgresLibrary.function("PQparamtype")
nonisolated(unsafe) let PQgetCancel: @convention(c) (OpaquePointer) -> OpaquePointer? =
    unsafe PostgresLibrary.function("PQgetCancel")
nonisolated(unsafe) let PQcancel:
    @convention(c) (OpaquePointer, UnsafeMutablePointer<CChar>, Int32) -> Int32 =
        unsafe PostgresLibrary.function("PQcancel")
nonisolated(unsafe) let PQfreeCancel: @convention(c) (OpaquePointer) -> Void =
    unsafe PostgresLibrary.function("PQfreeCancel")
