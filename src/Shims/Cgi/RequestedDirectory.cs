using System.Text;
using Shims.Diagnostics;

namespace Shims.Cgi;

/// <summary>Says what the web server sent where that leads to a directory: most often it has cut the path too early, and the script lies deeper.</summary>
internal static class RequestedDirectory
{
    /// <summary>Bytes of a path that are told.</summary>
    private const int LongestPath = 200;

    internal static Fault Explain(in ScriptTarget target, CgiVariables request)
    {
        string sent = string.Concat(Told(request, "SCRIPT_FILENAME"u8), Told(request, "SCRIPT_NAME"u8), Told(request, "PATH_INFO"u8)).TrimStart(' ', ',');
        string cure = request.Get("PATH_INFO"u8).Length > 1
            ? "configure the web server to send the whole path in SCRIPT_FILENAME, and no PATH_INFO: where the script ends is found out here (nginx: SCRIPT_FILENAME /srv$uri; docs/getting-started.md)"
            : "name a script in the URL, or one in the web server's configuration";
        return new Fault(403, $"the request leads to a directory in {PrintableText.Of(target.Path)}/, not to a script{(sent.Length == 0 ? "" : $" (the web server sent {sent})")}", cure);
    }

    private static string Told(CgiVariables request, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = request.Get(name);
        return value.IsEmpty ? "" : $", {Encoding.ASCII.GetString(name)}={PrintableText.Of(value[..Math.Min(value.Length, LongestPath)])}{(value.Length > LongestPath ? "..." : "")}";
    }
}
