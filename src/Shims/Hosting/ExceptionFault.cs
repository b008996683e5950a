using Shims.Diagnostics;

namespace Shims.Hosting;

/// <summary>Says what is wrong when a handler has thrown.</summary>
internal static class ExceptionFault
{
    internal static Fault Of(Exception exception) =>
        new(500, $"the handler threw {exception.GetType()}: {exception.Message}".ReplaceLineEndings(" / "), "see where")
        {
            Said = (exception.StackTrace ?? "no stack is known").ReplaceLineEndings(" / "),
            Details = exception.ToString(),
        };
}
