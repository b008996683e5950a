using System.Collections;
using System.Text;
using Shims.Cgi;

namespace Shims;

/// <summary>The variables of a request as the web server sent them, as text and as bytes. RFC 3875 section 4.1.</summary>
/// <remarks>
/// Two things are put right on the way, since they differ by web server: a header that came several times is one variable with all its values, and of any other variable, or a header that HTTP
/// allows once (Host), the last value counts. HTTP_PROXY, which a client can set and which programs take for the proxy to be used (httpoxy), is not among them, and neither are SHIMS_*, which
/// are settings of the program and not of a request.
/// </remarks>
/// <example><code>
/// string? software = request.Variables["SERVER_SOFTWARE"];
/// ReadOnlyMemory&lt;byte&gt;? bytes = request.Variables.GetBytes("REQUEST_URI");
/// response.Write($"{software}, {bytes?.Length} bytes\n");
/// </code></example>
public sealed class CgiVariableCollection : IEnumerable<KeyValuePair<string, string>>
{
    private readonly byte[] _block;

    internal CgiVariableCollection(byte[] block) => _block = block;

    /// <summary>A variable's value as text (UTF-8; Latin-1 if it is not UTF-8), or null if there is none.</summary>
    public string? this[string name] => GetBytes(name) is { } bytes ? ToText(bytes.Span) : null;

    /// <summary>A variable's value as it came, or null if there is none.</summary>
    public ReadOnlyMemory<byte>? GetBytes(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(Encoding.UTF8.GetBytes(name));
    }

    /// <summary>Every variable, once, in the order in which they came.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        foreach (byte[] name in Names())
            yield return new KeyValuePair<string, string>(ToText(name), ToText(Find(name)!.Value.Span));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static string ToText(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    /// <summary>A variable's value as text.</summary>
    internal string? Text(ReadOnlySpan<byte> name) => Find(name) is { } bytes ? ToText(bytes.Span) : null;

    internal ReadOnlyMemory<byte>? Find(ReadOnlySpan<byte> name)
    {
        if (CgiNames.IsNeverPassed(name))
            return null;
        var variables = new CgiVariables(_block);
        if (!CgiNames.Of(name).IsList())
            return variables.TryGet(name, out ReadOnlySpan<byte> last) ? MemoryOf(last) : (ReadOnlyMemory<byte>?)null;
        ReadOnlyMemory<byte>? found = null;
        foreach (CgiVariable variable in variables)
        {
            if (!variable.Name.SequenceEqual(name))
                continue;
            // RFC 3875 section 4.1.18; RFC 6265 section 5.4 for Cookie.
            found = found is { } first
                ? (byte[])[.. first.Span, .. name.SequenceEqual("HTTP_COOKIE"u8) ? "; "u8 : ", "u8, .. variable.Value]
                : MemoryOf(variable.Value);
        }
        return found;
    }

    internal List<byte[]> Names()
    {
        var names = new List<byte[]>();
        foreach (CgiVariable variable in new CgiVariables(_block))
        {
            ReadOnlySpan<byte> name = variable.Name;
            if (CgiNames.IsNeverPassed(name))
                continue;
            bool isKnown = false;
            foreach (byte[] known in names)
                isKnown |= name.SequenceEqual(known);
            if (!isKnown)
                names.Add(name.ToArray());
        }
        return names;
    }

    private ReadOnlyMemory<byte> MemoryOf(ReadOnlySpan<byte> part)
    {
        // The last value of a block may be empty, and then has no place in it.
        if (part.IsEmpty || !_block.AsSpan().Overlaps(part, out int offset))
            return default(ReadOnlyMemory<byte>);
        return _block.AsMemory(offset, part.Length);
    }
}
