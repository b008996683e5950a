using System.Collections;
using System.Text;

namespace Shims;

/// <summary>The headers of a request, by the names that HTTP has for them. RFC 3875 section 4.1.18 (HTTP_*), 4.1.2 and 4.1.3.</summary>
/// <remarks>
/// Names are compared without regard to case. CGI cannot tell <c>X-A</c> from <c>X_A</c>; the web server decides which of them it passes on. A header that came several times
/// is one with all its values, separated by commas (Cookie: by semicolons).
/// </remarks>
/// <example><code>
/// string? agent = request.Headers["User-Agent"];
/// foreach ((string name, string value) in request.Headers)
///     response.Write($"{name}: {value}\n");
/// </code></example>
public sealed class RequestHeaderCollection : IEnumerable<KeyValuePair<string, string>>
{
    private readonly CgiVariableCollection _variables;

    internal RequestHeaderCollection(CgiVariableCollection variables) => _variables = variables;

    /// <summary>A header's value (UTF-8; Latin-1 if it is not UTF-8), or null if there is none.</summary>
    public string? this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            var variable = new byte["HTTP_".Length + Encoding.UTF8.GetByteCount(name)];
            "HTTP_"u8.CopyTo(variable);
            Encoding.UTF8.GetBytes(name, variable.AsSpan("HTTP_".Length));
            for (int i = "HTTP_".Length; i < variable.Length; i++)
                variable[i] = variable[i] == (byte)'-' ? (byte)'_' : char.IsAsciiLetterLower((char)variable[i]) ? (byte)(variable[i] - 'a' + 'A') : variable[i];
            ReadOnlySpan<byte> bare = variable.AsSpan("HTTP_".Length);
            bool isBare = bare.SequenceEqual("CONTENT_TYPE"u8) || bare.SequenceEqual("CONTENT_LENGTH"u8);
            string? value = _variables.Text(isBare ? bare : variable);
            return isBare && value is { Length: 0 } ? null : value;
        }
    }

    /// <summary>Every header, once: <c>HTTP_USER_AGENT</c> as <c>User-Agent</c>.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        foreach (byte[] variable in _variables.Names())
        {
            if (NameOf(variable) is { } name && this[name] is { } value)
                yield return new KeyValuePair<string, string>(name, value);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string? NameOf(ReadOnlySpan<byte> variable)
    {
        if (variable.StartsWith("HTTP_"u8))
            variable = variable["HTTP_".Length..];
        else if (!variable.SequenceEqual("CONTENT_TYPE"u8) && !variable.SequenceEqual("CONTENT_LENGTH"u8))
            return null;
        // nginx sends these two in both forms.
        else if (variable.IsEmpty)
            return null;
        return InHeaderCase(variable);
    }

    /// <summary><c>USER_AGENT</c> as <c>User-Agent</c>.</summary>
    internal static string InHeaderCase(ReadOnlySpan<byte> variable) => string.Create(variable.Length, variable, static (name, bytes) =>
    {
        bool isStart = true;
        for (int i = 0; i < name.Length; i++)
        {
            char letter = bytes[i] == (byte)'_' ? '-' : (char)bytes[i];
            name[i] = isStart ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter);
            isStart = letter == '-';
        }
    });
}
