namespace Shims.Testing;

/// <summary>What became of a transfer.</summary>
/// <param name="ExitCode">0 if curl believes that it got everything; curl(1), EXIT CODES.</param>
/// <param name="Status">The HTTP status; 0 if none came.</param>
/// <param name="Body">What came of the body.</param>
/// <param name="Error">curl's message.</param>
public sealed record CurlResult(int ExitCode, int Status, byte[] Body, string Error)
{
    /// <summary>The body as UTF-8.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public override string ToString() => $"curl exit code {ExitCode} ({Error.Trim()}), status {Status}, {Body.Length} bytes: {Text[..Math.Min(Text.Length, 300)]}";
}
