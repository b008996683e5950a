using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Shims.AspNetCore.Hosting;

/// <summary>Writes entries of one category in the form of the framework's SimpleConsoleFormatter.</summary>
internal sealed class DirectLogger(string category) : ILogger
{
    private const string Indent = "      ";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        string? message = formatter(state, exception);
        if (exception is null && message is null)
            return;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{WordOf(logLevel)}: {category}[{eventId.Id}]\n");
        Add(text, message);
        Add(text, exception?.ToString());
        Diagnostics.Log.WriteAsIs(Encoding.UTF8.GetBytes(text.ToString()));
        // A reader that is slow makes the app slow, so that nothing is lost; one that does not read at all is given up.
        Diagnostics.Log.Finish();
    }

    private static void Add(StringBuilder text, string? lines)
    {
        if (!string.IsNullOrEmpty(lines))
            text.Append(Indent).Append(lines.Replace("\n", "\n" + Indent, StringComparison.Ordinal)).Append('\n');
    }

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
