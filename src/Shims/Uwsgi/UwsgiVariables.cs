using System.Buffers;
using System.Buffers.Binary;
using Shims.Buffers;
using Shims.Cgi;

namespace Shims.Uwsgi;

/// <summary>Brings the block of a uwsgi request into the form of <see cref="CgiVariables"/>. Allocates and throws nothing.</summary>
/// <remarks><code>
///   name length         name   value length        value   name length ...
///   2, little-endian           2, little-endian
/// </code>
/// Spec: The uwsgi Protocol, "The uwsgi vars". The block is checked once and whole: every length stays inside, no name is empty, none has a NUL or =, no value has a NUL.
/// UWSGI_* are settings of uWSGI, some of which name files (UWSGI_FILE, CVE-2020-11984): they are neither obeyed nor passed on.
/// </remarks>
internal static class UwsgiVariables
{
    private static ReadOnlySpan<byte> OwnPrefix => "UWSGI_"u8;

    private static ReadOnlySpan<byte> ScriptName => "SCRIPT_NAME"u8;

    private static ReadOnlySpan<byte> PathInfo => "PATH_INFO"u8;

    /// <summary>Decodes the whole block.</summary>
    /// <param name="block">The bytes after the header.</param>
    /// <param name="managesPathInfo">True to take SCRIPT_NAME off the beginning of PATH_INFO: <see cref="UwsgiModifier.ManagedPathInfo"/>.</param>
    /// <param name="destination">At least as long as the block: each pair's two lengths become its two NULs.</param>
    /// <param name="variables">Views into the destination.</param>
    /// <returns>Done; InvalidData if a length leads out of the block, or a name or value could not be a variable's.</returns>
    internal static OperationStatus TryDecode(ReadOnlySpan<byte> block, bool managesPathInfo, Span<byte> destination, out CgiVariables variables)
    {
        variables = default;
        if (!TrySurvey(block, out Survey survey))
            return OperationStatus.InvalidData;
        int length = 0;
        while (TryTake(ref block, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            // uWSGI's router sends the host's own name, whichever site was asked for.
            if (name.StartsWith(OwnPrefix) || (survey.IsOfRouter && name.SequenceEqual("SERVER_NAME"u8)))
                continue;
            if (managesPathInfo && name.SequenceEqual(PathInfo) && IsBelow(value, survey.ScriptName))
                value = value[survey.ScriptName.Length..];
            length += CopyWithNul(name, destination[length..]);
            length += CopyWithNul(value, destination[length..]);
        }
        variables = new CgiVariables(destination[..length]);
        return variables.IsWellFormed ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    /// <summary>True if uWSGI's HTTP router has sent the block, which passes a response on unread.</summary>
    /// <param name="block">The bytes after the header.</param>
    internal static bool IsOfRouter(ReadOnlySpan<byte> block) => TrySurvey(block, out Survey survey) && survey.IsOfRouter;

    /// <summary>Looks through the block.</summary>
    /// <returns>False if a length leads out of it, or a name or value has a NUL.</returns>
    private static bool TrySurvey(ReadOnlySpan<byte> block, out Survey survey)
    {
        survey = default;
        while (!block.IsEmpty)
        {
            if (!TryTake(ref block, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) || name.IsEmpty || name.Contains((byte)0) || value.Contains((byte)0))
                return false;
            survey.IsOfRouter |= name.SequenceEqual("UWSGI_ROUTER"u8);
            if (name.SequenceEqual(ScriptName))
                survey.ScriptName = value.TrimEnd((byte)'/');
        }
        return true;
    }

    /// <summary>Takes a pair off the front. Where that fails the block is of no use any more.</summary>
    private static bool TryTake(scoped ref ReadOnlySpan<byte> block, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryTakeText(ref block, out name) && TryTakeText(ref block, out value);
    }

    private static bool TryTakeText(scoped ref ReadOnlySpan<byte> block, out ReadOnlySpan<byte> text)
    {
        const int lengthSize = 2;
        text = default;
        if (block.Length < lengthSize)
            return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(block);
        if (block.Length - lengthSize < length)
            return false;
        text = block.Slice(lengthSize, length);
        block = block[(lengthSize + length)..];
        return true;
    }

    /// <summary>True if a path is the mount or below it.</summary>
    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> mount) =>
        path.StartsWith(mount) && (path.Length == mount.Length || path[mount.Length] == (byte)'/');

    private static int CopyWithNul(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyInto(destination);
        destination[text.Length] = 0;
        return text.Length + 1;
    }

    /// <summary>What a first look through the block finds.</summary>
    private ref struct Survey
    {
        internal bool IsOfRouter;

        /// <summary>The last SCRIPT_NAME, which counts, without a slash at its end.</summary>
        internal ReadOnlySpan<byte> ScriptName;
    }
}
