using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shims.AspNetCore.Features;

/// <summary>Decodes and encodes the path of a target. RFC 3986 sections 2.1, 2.4 and 5.2.4.</summary>
internal static class TargetPath
{
    private const string Slash = "%2F";

    private static readonly SearchValues<byte> s_plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/"u8);

    /// <summary>Decodes UTF-8, but not <c>%2F</c>, nor bytes that are not UTF-8; then removes dot segments.</summary>
    /// <returns>Null if it contains a NUL.</returns>
    internal static string? Decode(string target)
    {
        string path = target.Contains('%', StringComparison.Ordinal) ? Unescape(target) : target;
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        return path.Contains("/.", StringComparison.Ordinal) ? RemoveDotSegments(path) : path;
    }

    /// <summary>Encodes a path that the web server has decoded.</summary>
    internal static string Encode(ReadOnlySpan<byte> path)
    {
        if (!path.ContainsAnyExcept(s_plain))
            return Encoding.ASCII.GetString(path);
        var text = new StringBuilder(path.Length + 16);
        foreach (byte next in path)
        {
            if (s_plain.Contains(next))
                text.Append((char)next);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{next:X2}");
        }
        return text.ToString();
    }

    /// <summary>True if a web server may have made the one path of the other: many decode slashes too, and nginx merges them.</summary>
    internal static bool IsSame(string path, string decoded) =>
        path == decoded || Merge(path.Replace(Slash, "/", StringComparison.OrdinalIgnoreCase)) == Merge(decoded);

    private static string Merge(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
            path = path.Replace("//", "/", StringComparison.Ordinal);
        return path;
    }

    private static string Unescape(string target)
    {
        var bytes = new byte[target.Length];
        int length = 0;
        for (int i = 0; i < target.Length;)
        {
            if (target[i] == '%' && TryTakeCharacter(target, ref i, bytes, ref length))
                continue;
            bytes[length++] = (byte)target[i++];
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>Takes one encoded character of UTF-8.</summary>
    /// <returns>False if there is none, or it is a slash: then what stands there stays.</returns>
    private static bool TryTakeCharacter(string target, ref int index, byte[] bytes, ref int length)
    {
        Span<byte> character = stackalloc byte[4];
        int count = 0, next = index;
        while (count < character.Length && TryHex(target, next, out byte value))
        {
            character[count++] = value;
            next += Slash.Length;
            OperationStatus status = Rune.DecodeFromUtf8(character[..count], out _, out int used);
            if (status == OperationStatus.NeedMoreData)
                continue;
            if (status != OperationStatus.Done || used != count || character[0] == (byte)'/')
                return false;
            character[..count].CopyTo(bytes.AsSpan(length));
            length += count;
            index = next;
            return true;
        }
        return false;
    }

    private static bool TryHex(string target, int index, out byte value)
    {
        value = 0;
        if (index + 2 >= target.Length || target[index] != '%' || !char.IsAsciiHexDigit(target[index + 1]) || !char.IsAsciiHexDigit(target[index + 2]))
            return false;
        value = byte.Parse(target.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>RFC 3986 section 5.2.4. Empty segments stay.</summary>
    private static string RemoveDotSegments(string path)
    {
        var kept = new List<string>();
        string[] segments = path[1..].Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            bool isLast = i == segments.Length - 1;
            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }
            if (segments[i] == ".." && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            if (isLast)
                kept.Add("");
        }
        return "/" + string.Join('/', kept);
    }
}
