using System.Buffers;
using Shims.Buffers;
using Shims.Cgi;

namespace Shims.FastCgi;

/// <summary>Brings the PARAMS stream into the form of <see cref="CgiVariables"/>. Allocates and throws nothing.</summary>
internal static class Parameters
{
    /// <summary>Decodes the whole stream.</summary>
    /// <param name="stream">The contents of all PARAMS records, one after the other.</param>
    /// <param name="destination">At least as long: each pair's two lengths become its two NULs.</param>
    /// <param name="variables">Views into the destination.</param>
    /// <returns>Done; InvalidData if a pair is cut off, or a name or value could not be a variable's.</returns>
    internal static OperationStatus TryDecode(ReadOnlySpan<byte> stream, Span<byte> destination, out CgiVariables variables)
    {
        variables = default;
        var reader = new NameValueReader(stream);
        int length = 0;
        while (reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) == OperationStatus.Done)
        {
            if (name.Contains((byte)0) || value.Contains((byte)0))
                return OperationStatus.InvalidData;
            length += CopyWithNul(name, destination[length..]);
            length += CopyWithNul(value, destination[length..]);
        }
        variables = new CgiVariables(destination[..length]);
        return reader.IsAtEnd && variables.IsWellFormed ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    private static int CopyWithNul(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyInto(destination);
        destination[text.Length] = 0;
        return text.Length + 1;
    }
}
