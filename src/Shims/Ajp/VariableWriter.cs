using Shims.Buffers;
using Shims.Cgi;

namespace Shims.Ajp;

/// <summary>Writes the variables of a request in the form of <see cref="CgiVariables"/>. Allocates and throws nothing.</summary>
/// <param name="destination">At least <see cref="SizeFor"/>.</param>
internal ref struct VariableWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _position;

    /// <summary>What has been written.</summary>
    internal readonly ReadOnlySpan<byte> Written => _destination[.._position];

    /// <summary>Bytes that the variables of a request take at the most: the size of a key, three bytes, becomes a variable of twenty-eight.</summary>
    internal static int SizeFor(int payloadLength) => 10 * payloadLength + 1024;

    internal void Add(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Append(name);
        End();
        Append(value);
        End();
    }

    /// <summary>The same, if there is a value.</summary>
    internal void AddIfAny(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            Add(name, value);
    }

    internal void Add(scoped ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Add(name, DecimalDigits.Format(value, digits));
    }

    /// <summary>Adds a header under the name that CGI has for it. RFC 3875 section 4.1.18.</summary>
    /// <remarks>
    /// A name with an underscore is left out: <c>X_A</c> would become the same variable as <c>X-A</c>, and <c>Script_Name</c> one that looks like ours. AJP13 brings all of them. So is
    /// <c>Proxy</c> (httpoxy), and what is not a name at all.
    /// </remarks>
    internal void AddHeader(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        if (!IsVariable(name) || System.Text.Ascii.EqualsIgnoreCase(name, "Proxy"u8))
            return;
        Append("HTTP_"u8);
        foreach (byte next in name)
            _destination[_position++] = next is >= (byte)'a' and <= (byte)'z' ? (byte)(next - 0x20) : next == (byte)'-' ? (byte)'_' : next;
        End();
        Append(value);
        End();
    }

    /// <summary>Adds REQUEST_URI as a browser sends it: encoded, so that it has no question mark but the one before the query.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isEncoded">True if a percent sign begins the code of a byte; false if it is a percent sign.</param>
    /// <param name="query">The query; empty for none.</param>
    internal void AddUri(scoped ReadOnlySpan<byte> path, bool isEncoded, scoped ReadOnlySpan<byte> query)
    {
        Append("REQUEST_URI"u8);
        End();
        foreach (byte next in path)
        {
            bool isPlain = next is > (byte)' ' and < 0x7f and not ((byte)'?' or (byte)'#' or (byte)'"' or (byte)'<' or (byte)'>');
            if (isPlain && (isEncoded || next != (byte)'%'))
                _destination[_position++] = next;
            else
                AppendEncoded(next);
        }
        Append(query.IsEmpty ? default : "?"u8);
        Append(query);
        End();
    }

    private static bool IsVariable(ReadOnlySpan<byte> name)
    {
        foreach (byte next in name)
        {
            bool isAlphanumeric = (uint)((next | 0x20) - 'a') < 26 || (uint)(next - '0') < 10;
            if (!isAlphanumeric && next != (byte)'-')
                return false;
        }
        return !name.IsEmpty;
    }

    private void AppendEncoded(byte value)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        Append([(byte)'%', digits[value >> 4], digits[value & 15]]);
    }

    private void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyInto(_destination[_position..]);
        _position += text.Length;
    }

    private void End() => _destination[_position++] = 0;
}
