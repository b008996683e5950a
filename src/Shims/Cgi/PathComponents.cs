using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>The components of a path, between its slashes. Allocates and throws nothing.</summary>
internal static class PathComponents
{
    /// <summary>The end of the component that begins at an index.</summary>
    internal static int EndOf(ReadOnlySpan<byte> path, int start)
    {
        if (start >= path.Length)
            return path.Length;
        int length = path[start..].IndexOf((byte)'/');
        return length < 0 ? path.Length : start + length;
    }

    /// <summary>Leaves out empty components and single dots, which name nothing.</summary>
    internal static int Normalize(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        int length = 0;
        while (!path.IsEmpty)
        {
            int end = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = end < 0 ? path : path[..end];
            path = end < 0 ? default : path[(end + 1)..];
            if (component.IsEmpty || component.SequenceEqual("."u8))
                continue;
            destination[length++] = (byte)'/';
            component.CopyInto(destination[length..]);
            length += component.Length;
        }
        return length;
    }

    /// <summary>The path after its first components, as <see cref="Normalize"/> counts them.</summary>
    internal static ReadOnlySpan<byte> After(ReadOnlySpan<byte> path, int components)
    {
        int position = 0;
        while (components > 0)
        {
            while (position < path.Length && path[position] == (byte)'/')
                position++;
            int end = EndOf(path, position);
            if (!path[position..end].SequenceEqual("."u8))
                components--;
            position = end;
        }
        return path[position..];
    }

    /// <summary>
    /// Leaves empty components and single dots out, but not a slash at the end, as nginx, Apache and lighttpd do and Caddy and HAProxy do not: a link that a script makes of //host/a.cgi leads to another host.
    /// </summary>
    internal static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> name, scoped ref Arena memory)
    {
        int length = 0;
        while (length < name.Length && LengthOfNothing(name[length..]) == 0)
            length++;
        if (length == name.Length)
            return name;
        Span<byte> cleaned = memory.Take(name.Length);
        if (cleaned.IsEmpty)
            return name[..length];
        name[..length].CopyInto(cleaned);
        for (int i = length; i < name.Length; i++)
        {
            if (LengthOfNothing(name[i..]) is > 0 and int nothing)
                i += nothing - 1;
            else
                cleaned[length++] = name[i];
        }
        return cleaned[..length];
    }

    /// <summary>The length of a path's beginning that names nothing: a slash before another, or a slash and a dot.</summary>
    private static int LengthOfNothing(ReadOnlySpan<byte> path)
    {
        if (path.Length < 2 || path[0] != (byte)'/')
            return 0;
        if (path[1] == (byte)'/')
            return 1;
        return path[1] == (byte)'.' && (path.Length == 2 || path[2] == (byte)'/') ? 2 : 0;
    }

    /// <summary>True if a component is <c>..</c>.</summary>
    internal static bool HasParent(ReadOnlySpan<byte> path)
    {
        for (int start = 0; start < path.Length; start = EndOf(path, start) + 1)
        {
            if (path[start..EndOf(path, start)].SequenceEqual(".."u8))
                return true;
        }
        return false;
    }
}
