using System.Buffers;

namespace Shims.Recording;

/// <summary>Reads the sections of a capsule one after the other, without copying them.</summary>
/// <remarks><code>
///   shims-capsule 1 LF          what it is, and the version of the format
///   program 8 LF                a section's name, and how many bytes follow
///   scgi-run LF                 the bytes, whatever they are, and a line feed
///   variable 18 LF
///   REQUEST_METHOD=GET LF
///   ...
///   end 0 LF                    the last section; nothing follows it
///   LF
/// </code>
/// Lengths are decimal, without leading zeros. Sections with names that a reader does not know are passed over, so that
/// programs of one version can add to it.
/// </remarks>
internal ref struct CapsuleReader(ReadOnlySpan<byte> capsule)
{
    /// <summary>A length of more digits is refused before it is computed.</summary>
    private const int MaxDigits = 9;

    private ReadOnlySpan<byte> _rest = capsule;

    /// <summary>The first line, without the version.</summary>
    internal static ReadOnlySpan<byte> Magic => "shims-capsule "u8;

    /// <summary>The version that is written and read here.</summary>
    internal const int FormatVersion = 1;

    /// <summary>Bytes that have not been read.</summary>
    internal readonly int Left => _rest.Length;

    /// <summary>Reads the first line.</summary>
    /// <param name="version">The version of the format.</param>
    /// <returns>Done; NeedMoreData if the bytes are a proper prefix; InvalidData if this is not a capsule.</returns>
    internal OperationStatus TryReadVersion(out int version)
    {
        version = 0;
        int common = Math.Min(Magic.Length, _rest.Length);
        if (!_rest[..common].SequenceEqual(Magic[..common]))
            return OperationStatus.InvalidData;
        if (_rest.Length <= Magic.Length)
            return OperationStatus.NeedMoreData;
        ReadOnlySpan<byte> rest = _rest[Magic.Length..];
        OperationStatus status = TryReadNumber(ref rest, out version);
        if (status == OperationStatus.Done)
            _rest = rest;
        return status;
    }

    /// <summary>Reads the next section. The reader moves only when the result is Done.</summary>
    /// <param name="name">A view into the capsule.</param>
    /// <param name="content">A view into the capsule.</param>
    /// <returns>Done; NeedMoreData if the bytes are a proper prefix; otherwise InvalidData.</returns>
    internal OperationStatus TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content)
    {
        name = content = default;
        ReadOnlySpan<byte> rest = _rest;
        int nameLength = rest.IndexOfAnyExcept(NameCharacters);
        if (nameLength < 0)
            return rest.Length <= CapsuleSection.MaxName ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
        if (nameLength is 0 or > CapsuleSection.MaxName || rest[nameLength] != (byte)' ')
            return OperationStatus.InvalidData;
        ReadOnlySpan<byte> found = rest[..nameLength];
        rest = rest[(nameLength + 1)..];
        OperationStatus status = TryReadNumber(ref rest, out int length);
        if (status != OperationStatus.Done)
            return status;
        if (rest.Length <= length)
            return OperationStatus.NeedMoreData;
        if (rest[length] != (byte)'\n')
            return OperationStatus.InvalidData;
        name = found;
        content = rest[..length];
        _rest = rest[(length + 1)..];
        return OperationStatus.Done;
    }

    private static ReadOnlySpan<byte> NameCharacters => "abcdefghijklmnopqrstuvwxyz-"u8;

    /// <summary>Reads digits and the line feed after them.</summary>
    private static OperationStatus TryReadNumber(ref ReadOnlySpan<byte> rest, out int number)
    {
        number = 0;
        int end = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int digits = end < 0 ? rest.Length : end;
        if (digits > MaxDigits || (digits > 1 && rest[0] == (byte)'0'))
            return OperationStatus.InvalidData;
        if (end < 0)
            return OperationStatus.NeedMoreData;
        if (digits == 0 || rest[end] != (byte)'\n')
            return OperationStatus.InvalidData;
        foreach (byte digit in rest[..digits])
            number = number * 10 + (digit - '0');
        rest = rest[(end + 1)..];
        return OperationStatus.Done;
    }
}
