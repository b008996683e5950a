using Shims.Diagnostics;

namespace Shims.Hosting;

/// <summary>Says what is wrong when a handler has thrown.</summary>
internal static class ExceptionFault
{
    private const string NewLine = " / ";

    internal static Fault Of(Exception exception)
    {
        string cause = $"the handler threw {NameAndMessage(exception)}";
        if (exception.GetBaseException() is var root && root != exception)
            cause += $"; its cause: {NameAndMessage(root)}";
        string stack = StackOf(exception);
        SourceFrame? frame = SourceFrame.FindFirst(stack);
        return new Fault(500, cause.ReplaceLineEndings(NewLine), frame is null ? "see the stack" : $"see {frame.File} line {frame.Line}")
        {
            Stack = string.Join(NewLine, stack.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
            AppendPage = (page, requestId) => ExceptionPage.Append(page, exception, frame, requestId),
        };
    }

    private static string NameAndMessage(Exception exception) => $"{exception.GetType()}: {exception.Message}";

    /// <summary>The frames, those of inner exceptions included, without the name and the message before them.</summary>
    private static string StackOf(Exception exception)
    {
        string all = exception.ToString(), before = NameAndMessage(exception);
        string stack = all.StartsWith(before, StringComparison.Ordinal) ? all[before.Length..] : all;
        return stack.Trim().Length > 0 ? stack : "none, as it was never thrown";
    }
}
