using Microsoft.Extensions.Logging;

namespace Shims.AspNetCore.Serving;

/// <summary>What the server tells the app's own log.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Error, "Request id {RequestId}: An unhandled exception was thrown by the application.")]
    internal static partial void AppFailed(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Request id {RequestId}: An exception was thrown by a callback after the response.")]
    internal static partial void CallbackFailed(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(3, LogLevel.Critical, "An internal error of the server: please report it.")]
    internal static partial void Unforeseen(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "Request id {RequestId}: The request was refused with status {Status}.")]
    internal static partial void Refused(ILogger logger, string requestId, int status);
}
