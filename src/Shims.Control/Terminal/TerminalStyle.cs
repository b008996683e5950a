namespace Shims.Control.Terminal;

/// <summary>Colours for a terminal, unless <c>NO_COLOR</c> or <c>TERM=dumb</c> is set.</summary>
/// <param name="isColoured">Whether to use colours.</param>
internal sealed class TerminalStyle(bool isColoured)
{
    /// <summary>The style of standard output.</summary>
    internal static TerminalStyle Output { get; } = new(!Console.IsOutputRedirected && HasColour());

    /// <summary>The style of standard error.</summary>
    internal static TerminalStyle Error { get; } = new(!Console.IsErrorRedirected && HasColour());

    internal string Bold(string text) => Mark("1", text);

    internal string Faint(string text) => Mark("2", text);

    internal string Red(string text) => Mark("31", text);

    internal string Yellow(string text) => Mark("33", text);

    internal string Green(string text) => Mark("32", text);

    private string Mark(string code, string text) => isColoured ? $"\e[{code}m{text}\e[0m" : text;

    private static bool HasColour() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
