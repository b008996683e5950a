using System.Globalization;
using System.Text.Json;
using Shims.Control.Terminal;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>Prints a list of capsules, the newest first, those of failed requests marked.</summary>
internal static class CapsuleList
{
    /// <summary>Characters of a URL or a cause; the capsule has all of it.</summary>
    private const int Longest = 160;

    /// <summary>The list for people: two lines for a request that failed, one for any other.</summary>
    internal static void Write(IEnumerable<CapsuleEntry> entries, TextWriter output, TerminalStyle terminal)
    {
        foreach (CapsuleEntry entry in entries)
        {
            string time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            if (entry.Content is not { } capsule)
            {
                output.WriteLine($"{terminal.Yellow("?")} {time}  {VisibleText.OfLine(entry.Fault!)}");
                continue;
            }
            string status = capsule.Status > 0 ? capsule.Status.ToString(CultureInfo.InvariantCulture) : "---";
            output.WriteLine($"{(entry.HasFailed ? terminal.Red("!") : " ")} {time}  {terminal.Bold(VisibleText.Of(capsule.RequestId))}  " +
                $"{(entry.HasFailed ? terminal.Red(status) : status)}  {capsule.Elapsed,6} ms  {Cut(UrlOf(capsule))}");
            if (capsule.Cause.Length > 0)
                output.WriteLine($"    {Cut(capsule.Cause)}");
        }
    }

    /// <summary>The list for programs.</summary>
    internal static string ToJson(IEnumerable<CapsuleEntry> entries) => CapsuleJson.Serialize(json =>
    {
        json.WriteStartArray();
        foreach (CapsuleEntry entry in entries)
            Write(json, entry);
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, CapsuleEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("path", entry.Path);
        json.WriteString("time", entry.Time.UtcDateTime);
        if (entry.Content is { } capsule)
        {
            json.WriteBoolean("failed", entry.HasFailed);
            json.WriteString("requestId", capsule.RequestId);
            json.WriteString("reason", capsule.Reason.ToString().ToLowerInvariant());
            if (capsule.Status > 0)
                json.WriteNumber("status", capsule.Status);
            json.WriteNumber("elapsed", capsule.Elapsed);
            json.WriteString("url", UrlOf(capsule));
            json.WriteString("script", System.Text.Encoding.UTF8.GetString(capsule.Script));
            json.WriteString("cause", capsule.Cause);
            json.WriteString("cure", capsule.Cure);
        }
        else
        {
            json.WriteString("fault", entry.Fault);
        }
        json.WriteEndObject();
    }

    private static string UrlOf(Capsule capsule) =>
        $"{capsule.ValueOf("REQUEST_METHOD") ?? "?"} {capsule.ValueOf("REQUEST_URI") ?? capsule.ValueOf("SCRIPT_NAME") ?? "?"}";

    private static string Cut(string text) => VisibleText.Of(text.Length <= Longest ? text : text[..Longest] + "...");
}
