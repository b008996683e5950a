using System.Runtime.CompilerServices;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Finds the script that a request asks for. Allocates and throws nothing.</summary>
/// <remarks>
/// In a directory, the script's path is SCRIPT_FILENAME; without one DOCUMENT_ROOT and SCRIPT_NAME; without these the directory and
/// SCRIPT_NAME. The first regular file on that path is the script, and what follows is PATH_INFO: there is no going back from a file that
/// does not exist to one that does (CVE-2019-11043 and its kin).
/// </remarks>
internal static class ScriptResolver
{
    /// <summary>Finds the script.</summary>
    /// <param name="target">What may be run.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="memory">Where the result's bytes are kept.</param>
    /// <param name="script">The script, if the answer is Found.</param>
    internal static Resolution Resolve(scoped in ScriptTarget target, scoped in VariableTable request, scoped ref Arena memory, out ScriptLocation script)
    {
        script = default;
        ReadOnlySpan<byte> path = target.Path;
        ReadOnlySpan<byte> rest = default;
        bool isInPathInfo = false;
        if (target.IsDirectory)
        {
            Resolution resolution = FindInDirectory(target, request, ref memory, out path, out rest, out isInPathInfo);
            if (resolution != Resolution.Found)
                return resolution;
        }
        ScriptUrl url = ScriptUrl.Split(request, path, rest, isInPathInfo, ref memory);
        if (PathComponents.HasParent(url.PathInfo) || PathComponents.HasParent(url.ScriptName))
            return Resolution.ParentReference;
        script = new ScriptLocation { Path = path, ScriptName = PathComponents.Clean(url.ScriptName, ref memory), PathInfo = url.PathInfo };
        return Resolution.Found;
    }

    /// <summary>Looks for the script where each web server says it is.</summary>
    /// <param name="isInPathInfo">Whether PATH_INFO as sent had a part in it, so that what remains of it is <paramref name="rest"/>.</param>
    private static Resolution FindInDirectory(scoped in ScriptTarget target, scoped in VariableTable request, scoped ref Arena memory, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> rest, out bool isInPathInfo)
    {
        isInPathInfo = false;
        bool isProxied = false;
        ReadOnlySpan<byte> passed = default;
        ReadOnlySpan<byte> scriptFile = request[CgiName.ScriptFilename];
        ReadOnlySpan<byte> root = request[CgiName.DocumentRoot];
        // Caddy 2.6 without split: no SCRIPT_NAME, everything in PATH_INFO, and SCRIPT_FILENAME is the document root.
        bool namesOnlyRoot = request[CgiName.ScriptName].IsEmpty && scriptFile.TrimEnd((byte)'/').SequenceEqual(root.TrimEnd((byte)'/'));
        if (!scriptFile.IsEmpty && !namesOnlyRoot)
        {
            ReadOnlySpan<byte> local = passed = ProxyPrefix.Remove(scriptFile, out isProxied);
            if (!isProxied)
                return Find(target, local, ref memory, out path, out rest);
            // mod_proxy_scgi puts no script there, but PATH_INFO, by which nobody may choose one.
            if (!local.SequenceEqual(request[CgiName.PathInfo]))
            {
                Resolution proxied = FindProxied(target, local, ref memory, out path, out rest);
                if (proxied is Resolution.Found or Resolution.NotFound or Resolution.ParentReference or Resolution.TooLong)
                    return proxied;
            }
        }

        ReadOnlySpan<byte> name = request[CgiName.ScriptName];
        if (name.IsEmpty)
            name = request[CgiName.DocumentUri]; // nginx's stock scgi_params has no SCRIPT_NAME
        ReadOnlySpan<byte> pathInfo = request[CgiName.PathInfo];
        path = rest = default;
        if (name.IsEmpty)
        {
            // Caddy, as above, and h2o 2.2 with fastcgi.connect at a path.
            name = pathInfo;
            pathInfo = default;
        }
        if (name.IsEmpty)
            return Resolution.NotNamed;

        Resolution underRoot = root.IsEmpty ? Resolution.NotNamed : FindJoined(target, root, name, default, ref memory, out path, out rest);
        if (underRoot is not (Resolution.NotNamed or Resolution.NotFound or Resolution.Outside or Resolution.IsDirectory))
            return underRoot;
        isInPathInfo = !pathInfo.IsEmpty;
        Resolution underTarget = FindJoined(target, target.Path, name, pathInfo, ref memory, out path, out rest);
        if (underTarget != Resolution.NotFound || !isProxied)
            return underTarget;
        // ProxyPass /cgi-bin/ scgi://.../ : SCRIPT_NAME is where the directory is mounted, and the script is the first of PATH_INFO.
        if (!pathInfo.IsEmpty)
            return FindJoined(target, target.Path, default, pathInfo, ref memory, out path, out rest);
        // The same without proxy-scgi-pathinfo, as Apache's manual has it: all of the URL is SCRIPT_NAME, and what is below the mount stands behind the prefix.
        Resolution below = FindJoined(target, target.Path, default, passed, ref memory, out path, out rest);
        return below == Resolution.Found ? Decode(ref rest, ref memory) : below;
    }

    /// <summary>Apache's ProxyPass leaves the percent-encoding in, SetHandler does not.</summary>
    private static Resolution FindProxied(scoped in ScriptTarget target, ReadOnlySpan<byte> local, scoped ref Arena memory, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> rest)
    {
        Resolution resolution = Find(target, local, ref memory, out path, out rest);
        if (resolution == Resolution.Found)
            return Decode(ref rest, ref memory);
        Span<byte> decoded = memory.Take(local.Length);
        if (decoded.Length != local.Length)
            return Resolution.TooLong;
        return resolution == Resolution.ParentReference ? resolution : Find(target, PercentEncoding.Decode(local, decoded), ref memory, out path, out rest);
    }

    private static Resolution Decode(scoped ref ReadOnlySpan<byte> rest, scoped ref Arena memory)
    {
        Span<byte> decoded = memory.Take(rest.Length);
        if (decoded.Length != rest.Length)
            return Resolution.TooLong;
        rest = PercentEncoding.Decode(rest, decoded);
        return Resolution.Found;
    }

    private static Resolution FindJoined(scoped in ScriptTarget target, ReadOnlySpan<byte> root, ReadOnlySpan<byte> name, ReadOnlySpan<byte> pathInfo, scoped ref Arena memory, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> rest)
    {
        path = rest = default;
        Span<byte> joined = memory.Take(root.Length + 1 + name.Length + pathInfo.Length);
        if (joined.IsEmpty)
            return Resolution.TooLong;
        root.CopyInto(joined);
        joined[root.Length] = (byte)'/';
        name.CopyInto(joined[(root.Length + 1)..]);
        pathInfo.CopyInto(joined[(root.Length + 1 + name.Length)..]);
        return Find(target, joined, ref memory, out path, out rest);
    }

    /// <summary>Walks an absolute path from the target directory to the first regular file.</summary>
    private static unsafe Resolution Find(scoped in ScriptTarget target, ReadOnlySpan<byte> requested, scoped ref Arena memory, out ReadOnlySpan<byte> script, out ReadOnlySpan<byte> rest)
    {
        script = rest = default;
        if (PathComponents.HasParent(requested))
            return Resolution.ParentReference;
        Span<byte> path = memory.Take(requested.Length + 1);
        if (path.IsEmpty)
            return Resolution.TooLong;
        path = path[..PathComponents.Normalize(requested, path)];
        int position = EndOfTarget(target, path);
        if (position < 0)
            return Resolution.Outside;

        while (position < path.Length)
        {
            int end = PathComponents.EndOf(path, position + 1);
            if (end > Flags.PATH_MAX)
                return Resolution.NotFound;
            Resolution kind = Examine(target, path[..end], ref memory, out bool isFile);
            if (kind != Resolution.Found)
                return kind;
            if (isFile)
            {
                // As it was sent, since what it is compared with was not cleaned either: Caddy and HAProxy leave empty components and dots in a path.
                rest = PathComponents.After(requested, path[..end].Count((byte)'/'));
                Span<byte> copy = memory.Take(end + 1);
                if (copy.IsEmpty)
                    return Resolution.TooLong;
                path[..end].CopyInto(copy);
                copy[end] = 0;
                script = copy[..end];
                return Resolution.Found;
            }
            position = end;
        }
        return Resolution.IsDirectory;
    }

    /// <summary>Looks at one more component of the path.</summary>
    /// <param name="isFile">False for a directory, in which the walk goes on.</param>
    [SkipLocalsInit]
    private static unsafe Resolution Examine(scoped in ScriptTarget target, ReadOnlySpan<byte> path, scoped ref Arena memory, out bool isFile)
    {
        isFile = false;
        byte* name = stackalloc byte[Flags.PATH_MAX + 1];
        path.CopyInto(new Span<byte>(name, Flags.PATH_MAX));
        name[path.Length] = 0;
        if (!Libc.TryGetStatus(name, follow: false, out FileStatus status))
            return Resolution.NotFound;
        if (status.IsLink)
        {
            FileStatus link = status;
            if (!Libc.TryGetStatus(name, follow: true, out status))
                return Resolution.NotFound;
            bool isTrusted = link.Owner == 0 || link.Owner == status.Owner;
            if (!isTrusted && !StaysInside(target, name, ref memory))
                return Resolution.LinkLeaves;
        }
        isFile = status.IsFile;
        return isFile || status.IsDirectory ? Resolution.Found : Resolution.NotAFile;
    }

    private static unsafe bool StaysInside(scoped in ScriptTarget target, byte* link, scoped ref Arena memory)
    {
        Span<byte> names = memory.Take(2 * Flags.PATH_MAX);
        if (names.IsEmpty)
            return false;
        Span<byte> resolved = names[..Flags.PATH_MAX], root = names[Flags.PATH_MAX..];
        int length = Libc.ResolveLinks(link, resolved);
        int rootLength = Libc.ResolveLinks(target.Pointer, root);
        return length > 0 && rootLength > 0 && IsUnder(resolved[..length], root[..rootLength]);
    }

    /// <summary>Where in the path the target directory ends.</summary>
    /// <returns>-1 if the path does not lead through the target.</returns>
    /// <remarks>Compared as text first. The web server may know the directory by another name (a linked document root), so then by what it is.</remarks>
    [SkipLocalsInit]
    private static unsafe int EndOfTarget(scoped in ScriptTarget target, ReadOnlySpan<byte> path)
    {
        if (IsUnder(path, target.Path) || path.SequenceEqual(target.Path))
            return target.Path.Length;
        if (!Libc.TryGetStatus(target.Pointer, follow: true, out FileStatus directory))
            return -1;
        byte* name = stackalloc byte[Flags.PATH_MAX + 1];
        int end = 0;
        while (end < path.Length && (end = PathComponents.EndOf(path, end + 1)) <= Flags.PATH_MAX)
        {
            path[..end].CopyInto(new Span<byte>(name, Flags.PATH_MAX));
            name[end] = 0;
            if (!Libc.TryGetStatus(name, follow: true, out FileStatus ancestor))
                return -1;
            if (ancestor.IsSameFile(directory))
                return end;
        }
        return -1;
    }

    private static bool IsUnder(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path[directory.Length] == (byte)'/' && path.StartsWith(directory);
}
