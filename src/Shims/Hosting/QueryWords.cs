using System.Text;
using Shims.Cgi;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>
/// The words of a query among the arguments of a CGI program: a web server such as Apache with mod_cgid passes them there if the query has
/// no equals sign, and the visitor chooses them. RFC 3875 section 4.4.
/// </summary>
internal static unsafe class QueryWords
{
    /// <summary>The reason of a request that is refused.</summary>
    internal const string Refusal = "a word of the query is an argument of the program, and may be the visitor's (RFC 3875 section 4.4)";

    /// <summary>True if this is a CGI program, and the query of its request one that a web server may pass as arguments.</summary>
    internal static bool MayBePassed =>
        Libc.EnvironmentVariable("REQUEST_METHOD\0"u8) != null
        && Libc.EnvironmentText("QUERY_STRING\0"u8) is { } query && !query.Contains('=');

    /// <summary>Takes the words of the query out of the arguments of this program.</summary>
    /// <param name="args">The arguments; afterwards those of the administrator.</param>
    /// <returns>False if both may be there and cannot be told apart: the request is to be refused.</returns>
    internal static bool TryTakeOut(ref string[] args)
    {
        if (args.Length == 0 || !MayBePassed)
            return true;
        if (!IsStartedByServer("/proc/self/exe"))
            return !AreAmong(args);
        args = [];
        return true;
    }

    /// <summary>
    /// True if the web server itself has started a file: not a script of the administrator, whose file SCRIPT_FILENAME would be, and not a
    /// gateway of this project, each of which sets REDIRECT_STATUS. Then each argument is a word of the query. Apache sets REDIRECT_STATUS
    /// too, after a rewrite.
    /// </summary>
    internal static bool IsStartedByServer(string file) =>
        (Libc.EnvironmentVariable("REDIRECT_STATUS\0"u8) == null || IsChildOfApache()) && Libc.EnvironmentText("SCRIPT_FILENAME\0"u8) is { } script
        && TryGetStatus(script, out FileStatus asked) && TryGetStatus(file, out FileStatus own) && asked.IsSameFile(own);

    /// <summary>True if the process that has started this one has a name of Apache's: as mod_cgi and mod_cgid do.</summary>
    private static bool IsChildOfApache()
    {
        try
        {
            string parent = Array.Find(File.ReadAllLines("/proc/self/status"), static line => line.StartsWith("PPid:", StringComparison.Ordinal)) ?? "";
            string name = File.ReadAllText($"/proc/{parent["PPid:".Length..].Trim()}/comm").Trim();
            return name.StartsWith("apache", StringComparison.Ordinal) || name.StartsWith("httpd", StringComparison.Ordinal);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false; // The request is refused if a word of it may be the administrator's.
        }
    }

    /// <summary>True if an argument is a word of the query, in one of the forms in which web servers pass it.</summary>
    internal static bool AreAmong(ReadOnlySpan<string> args)
    {
        string query = Libc.EnvironmentText("QUERY_STRING\0"u8) ?? "";
        var words = new HashSet<string>();
        foreach (string word in (string[])[.. query.Split('+'), query, query.Replace('+', ' ')])
        {
            words.Add(Plain(word));
            words.Add(Plain(Decode(word)));
            words.Add(Plain(Decode(word.Split("%00")[0])));
        }
        foreach (string argument in args)
        {
            if (words.Contains(Plain(argument)))
                return true;
        }
        return false;
    }

    private static string Decode(string word)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(word);
        return Encoding.UTF8.GetString(PercentEncoding.Decode(encoded, new byte[encoded.Length]));
    }

    /// <summary>Without the backslashes by which a server keeps characters from a shell, and with one replacement character for what is not
    /// ASCII, however that was decoded.</summary>
    private static string Plain(string word)
    {
        var plain = new StringBuilder(word.Length);
        foreach (char next in word)
        {
            if (next < 0x7f && next != '\\')
                plain.Append(next);
            else if (next != '\\' && (plain.Length == 0 || plain[^1] != '\ufffd'))
                plain.Append('\ufffd');
        }
        return plain.ToString();
    }

    private static bool TryGetStatus(string path, out FileStatus status) =>
        Libc.TryGetStatus(Encoding.UTF8.GetBytes(path + "\0"), follow: true, out status);
}
