using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Finds the script that a request asks for. Allocates and throws nothing.</summary>
/// <remarks>
/// In a directory, the script's path is SCRIPT_FILENAME; without one DOCUMENT_ROOT and SCRIPT_NAME; without these the directory and
/// SCRIPT_NAME. The first regular file on that path is the script, and what follows is PATH_INFO: there is no going back from a file that
/// does not exist to one that does (CVE-2019-11043 and its kin). Where the path ends at a directory, a file of <c>--index</c> may respond
/// for it.
/// </remarks>
internal static class ScriptResolver
{
    /// <summary>Finds the script.</summary>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="memory">The memory for the result.</param>
    /// <param name="script">The script, if the result is Found.</param>
    internal static Resolution Resolve(scoped in ScriptTarget target, scoped in VariableTable request, scoped ref Arena memory, out ScriptLocation script)
    {
        script = default;
        var found = new FoundScript { Path = target.Path, File = target.Path };
        bool isInPathInfo = false;
        bool walks = UrlResolver.AppliesTo(target, request);
        ScriptUrl url = default;
        Resolution resolution = walks ? UrlResolver.Find(target, request, ref memory, out found, out url)
            : target.IsDirectory ? FindInDirectory(target, request, ref memory, out found, out isInPathInfo) : Resolution.Found;
        if (resolution == Resolution.Found)
        {
            if (!walks)
            {
                url = found.Index.IsEmpty
                    ? ScriptUrl.Split(request, found.Path, found.Rest, isInPathInfo, ref memory)
                    : ScriptUrl.OfIndex(request, found.Index, ref memory);
            }
            if (url.NeedsSlash)
                resolution = Resolution.NeedsSlash;
            else if (PathComponents.HasParent(url.PathInfo) || PathComponents.HasParent(url.ScriptName))
                resolution = Resolution.ParentReference;
        }
        if (resolution != Resolution.Found)
        {
            found.Held.Release();
            return resolution;
        }
        script.Path = found.Path;
        script.File = found.File;
        script.Held = found.Held;
        script.ScriptName = PathComponents.Clean(url.ScriptName, ref memory);
        script.PathInfo = url.PathInfo;
        return Resolution.Found;
    }

    /// <summary>Looks for the script where each web server says it is.</summary>
    /// <param name="isInPathInfo">True if PATH_INFO as sent had a part in it, so that what remains of it is the rest that was found.</param>
    private static Resolution FindInDirectory(scoped in ScriptTarget target, scoped in VariableTable request, scoped ref Arena memory, out FoundScript found, out bool isInPathInfo)
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
                return Find(target, local, ref memory, out found);
            // mod_proxy_scgi puts no script there, but PATH_INFO, encoded or not, which must not choose one.
            if (!PercentEncoding.MeanTheSame(local.TrimStart((byte)'/'), request[CgiName.PathInfo].TrimStart((byte)'/')))
            {
                Resolution proxied = FindProxied(target, local, request, ref memory, out found);
                if (proxied is Resolution.Found or Resolution.NotFound or Resolution.ParentReference or Resolution.TooLong)
                    return proxied;
            }
        }

        ReadOnlySpan<byte> name = request[CgiName.ScriptName];
        if (name.IsEmpty)
            name = request[CgiName.DocumentUri]; // nginx's stock scgi_params has no SCRIPT_NAME
        ReadOnlySpan<byte> pathInfo = request[CgiName.PathInfo];
        found = default;
        // Caddy, as above: what DOCUMENT_URI says of another URL does not count.
        bool isWhole = namesOnlyRoot && !scriptFile.IsEmpty && !pathInfo.IsEmpty
            && PercentEncoding.MeanTheSame(RequestedPath.In(request[CgiName.RequestUri]), pathInfo);
        if (name.IsEmpty || isWhole)
        {
            // Caddy, and h2o 2.2 with fastcgi.connect at a path.
            name = pathInfo;
            pathInfo = default;
        }
        if (name.IsEmpty)
            return Resolution.NotNamed;

        Resolution underRoot = root.IsEmpty ? Resolution.NotNamed : FindJoined(target, root, name, default, ref memory, out found);
        if (underRoot is not (Resolution.NotNamed or Resolution.NotFound or Resolution.Outside or Resolution.IsDirectory))
            return underRoot;
        isInPathInfo = !pathInfo.IsEmpty;
        Resolution underTarget = FindJoined(target, target.Path, name, pathInfo, ref memory, out found);
        return underTarget != Resolution.NotFound || !isProxied ? underTarget : FindBelowMount(target, pathInfo, passed, ref memory, out found);
    }

    /// <summary>Looks below the place in the URLs where Apache's ProxyPass has mounted the directory.</summary>
    private static Resolution FindBelowMount(scoped in ScriptTarget target, ReadOnlySpan<byte> pathInfo, ReadOnlySpan<byte> passed, scoped ref Arena memory, out FoundScript found)
    {
        // ProxyPass /cgi-bin/ scgi://.../ : SCRIPT_NAME is where the directory is mounted, and the script is the first of PATH_INFO.
        if (!pathInfo.IsEmpty)
            return FindJoined(target, target.Path, default, pathInfo, ref memory, out found);
        // The same without proxy-scgi-pathinfo, as Apache's manual has it: all of the URL is SCRIPT_NAME, and the path below the mount follows the prefix.
        Resolution below = FindJoined(target, target.Path, default, passed, ref memory, out found);
        return below == Resolution.Found ? Decode(ref found.Rest, ref memory) : below;
    }

    /// <summary>Apache's ProxyPass leaves the percent-encoding in, and mod_proxy_scgi encodes the file of SetHandler again. mod_proxy_fcgi does
    /// not, and what has been decoded once is never decoded again: that would be another file than the one that Apache's own rules are about.</summary>
    private static Resolution FindProxied(scoped in ScriptTarget target, ReadOnlySpan<byte> local, scoped in VariableTable request, scoped ref Arena memory, out FoundScript found)
    {
        Resolution resolution = Find(target, local, ref memory, out found);
        if (resolution == Resolution.Found)
            return Decode(ref found.Rest, ref memory);
        Span<byte> decoded = memory.Take(local.Length);
        if (decoded.Length != local.Length)
            return Resolution.TooLong;
        if (resolution == Resolution.ParentReference || PathComponents.HasParent(PercentEncoding.Decode(local, decoded)))
            return Resolution.ParentReference;
        if (!PercentEncoding.IsStillIn(local, RequestedPath.In(request[CgiName.RequestUri])) && !PercentEncoding.IsEncodingOf(local, request[CgiName.ScriptName]))
            return resolution;
        // A slash that is encoded divides nothing: Apache's rules have not seen it.
        resolution = Find(target, PercentEncoding.Decode(local, decoded, keepSlashes: true), ref memory, out found);
        if (resolution != Resolution.Found)
            return resolution;
        found.Rest = PathComponents.After(local, found.Path.Count((byte)'/'));
        return Decode(ref found.Rest, ref memory);
    }

    private static Resolution Decode(scoped ref ReadOnlySpan<byte> rest, scoped ref Arena memory)
    {
        Span<byte> decoded = memory.Take(rest.Length);
        if (decoded.Length != rest.Length)
            return Resolution.TooLong;
        rest = PercentEncoding.Decode(rest, decoded);
        return Resolution.Found;
    }

    internal static Resolution FindJoined(scoped in ScriptTarget target, ReadOnlySpan<byte> root, ReadOnlySpan<byte> name, ReadOnlySpan<byte> pathInfo, scoped ref Arena memory, out FoundScript found)
    {
        found = default;
        Span<byte> joined = memory.Take(root.Length + 1 + name.Length + pathInfo.Length);
        if (joined.IsEmpty)
            return Resolution.TooLong;
        root.CopyInto(joined);
        joined[root.Length] = (byte)'/';
        name.CopyInto(joined[(root.Length + 1)..]);
        pathInfo.CopyInto(joined[(root.Length + 1 + name.Length)..]);
        return Find(target, joined, ref memory, out found);
    }

    /// <summary>Walks from the target directory to the first regular file, by the target's own path: the web server's may lead through links that others change meanwhile.</summary>
    /// <param name="isIndex">True if the path ends with the name of an index file.</param>
    internal static Resolution Find(scoped in ScriptTarget target, ReadOnlySpan<byte> requested, scoped ref Arena memory,
        out FoundScript found, bool isIndex = false)
    {
        found = default;
        if (PathComponents.HasParent(requested))
            return Resolution.ParentReference;
        Span<byte> path = memory.Take(requested.Length + 1);
        if (path.IsEmpty)
            return Resolution.TooLong;
        path = path[..PathComponents.Normalize(requested, path)];
        int position = EndOfTarget(target, path);
        if (position < 0)
            return Resolution.Outside;

        Span<byte> own = memory.Take(target.Path.Length + path.Length - position + 1);
        if (own.IsEmpty)
            return Resolution.TooLong;
        target.Path.CopyInto(own);
        path[position..].CopyInto(own[target.Path.Length..]);
        int end = target.Path.Length, shift = end - position;
        Resolution resolution = Walk(target, own[..^1], ref end, ref memory, out found.Held);
        if (resolution == Resolution.IsDirectory && target.Options is { Indexes.Length: > 0 } options && !isIndex)
            return FindIndex(target, options.Indexes, requested, own[..^1], ref memory, out found);
        if (resolution != Resolution.Found)
            return resolution;
        // As it was sent, since what it is compared with was not cleaned either: Caddy and HAProxy leave empty components and dots in a path.
        found.Rest = PathComponents.After(requested, path[..(end - shift)].Count((byte)'/'));
        found.Path = path[..(end - shift)];
        found.File = own[..end];
        own[end] = 0;
        return Resolution.Found;
    }

    /// <summary>Finds the file that responds for a directory: the first of <c>--index</c> that is there. It is looked up like any
    /// other.</summary>
    /// <param name="directory">The directory by the target's own path.</param>
    [SkipLocalsInit]
    private static Resolution FindIndex(scoped in ScriptTarget target, byte[][] indexes, ReadOnlySpan<byte> requested,
        ReadOnlySpan<byte> directory, scoped ref Arena memory, out FoundScript found)
    {
        found = default;
        Span<byte> path = stackalloc byte[Flags.PATH_MAX + 1];
        foreach (byte[] index in indexes)
        {
            int length = directory.Length + 1 + index.Length;
            if (length > Flags.PATH_MAX)
                continue;
            directory.CopyInto(path);
            path[directory.Length] = (byte)'/';
            index.CopyInto(path[(directory.Length + 1)..]);
            path[length] = 0;
            if (!Libc.TryGetStatus(path, follow: true, out FileStatus status) || !status.IsFile)
                continue;
            Span<byte> joined = memory.Take(requested.Length + 1 + index.Length);
            if (joined.IsEmpty)
                return Resolution.TooLong;
            requested.CopyInto(joined);
            joined[requested.Length] = (byte)'/';
            index.CopyInto(joined[(requested.Length + 1)..]);
            Resolution resolution = Find(target, joined, ref memory, out found, isIndex: true);
            found.Index = index;
            return resolution;
        }
        return Resolution.IsDirectory;
    }

    /// <summary>Looks at one component of the path after the other.</summary>
    /// <param name="path">The target's own path, and what follows.</param>
    /// <param name="end">In: where the target ends. Out: where the script does.</param>
    /// <param name="held">The script, if another user could change where the path leads.</param>
    private static Resolution Walk(scoped in ScriptTarget target, ReadOnlySpan<byte> path, ref int end, scoped ref Arena memory, out HeldScript held)
    {
        held = default;
        while (end < path.Length)
        {
            int position = end;
            end = PathComponents.EndOf(path, position + 1);
            if (end > Flags.PATH_MAX)
                return Resolution.NotFound;
            Resolution kind = Examine(target, path[..end], ref memory, out bool isFile, out bool isContested);
            if (isContested)
            {
                end = position;
                return HeldPath.Walk(target, path, ref end, ref memory, out held);
            }
            if (kind != Resolution.Found || isFile)
                return kind;
        }
        return Resolution.IsDirectory;
    }

    /// <summary>Looks at one more component of the path.</summary>
    /// <param name="isFile">False for a directory, in which the walk goes on.</param>
    /// <param name="isContested">True if a user who is not trusted may change where it leads, or its content.</param>
    [SkipLocalsInit]
    private static unsafe Resolution Examine(scoped in ScriptTarget target, ReadOnlySpan<byte> path, scoped ref Arena memory, out bool isFile, out bool isContested)
    {
        isFile = isContested = false;
        byte* name = stackalloc byte[Flags.PATH_MAX + 1];
        path.CopyInto(new Span<byte>(name, Flags.PATH_MAX));
        name[path.Length] = 0;
        if (!Libc.TryGetStatus(name, follow: false, out FileStatus status))
            return Resolution.NotFound;
        if (status.IsLink)
        {
            FileStatus link = status;
            isContested = !IsTrusted(target, link.Owner);
            if (isContested)
                return Resolution.Found;
            if (!Libc.TryGetStatus(name, follow: true, out status))
                return Resolution.NotFound;
            bool mayLeave = link.Owner == 0 || link.Owner == status.Owner;
            if (!mayLeave && !StaysInside(target, name, ref memory))
                return Resolution.LinkLeaves;
        }
        isFile = status.IsFile;
        isContested = status.IsDirectory && (status.IsWritableByAll || !IsTrusted(target, status.Owner));
        return isFile || status.IsDirectory ? Resolution.Found : Resolution.NotAFile;
    }

    /// <summary>True if a user decides here what is run: root, the one that the script is run as, and the target's owner.</summary>
    private static unsafe bool IsTrusted(scoped in ScriptTarget target, uint user) =>
        user == 0 || user == Libc.EffectiveUser || (Libc.TryGetStatus(target.Pointer, follow: true, out FileStatus directory) && directory.Owner == user);

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

    /// <summary>The end of the target directory in the path.</summary>
    /// <returns>-1 if the path does not lead through the target.</returns>
    /// <remarks>Compared as text first. The web server may know the directory by another name (a linked document root), so then by what it is.</remarks>
    [SkipLocalsInit]
    internal static unsafe int EndOfTarget(scoped in ScriptTarget target, ReadOnlySpan<byte> path)
    {
        if (IsUnder(path, target.Path) || path.SequenceEqual(target.Path))
            return target.Path.Length;
        // There every process has links of its own to the root and to its working directory: nothing that a web server has for a document root.
        if (path.StartsWith("/proc/"u8))
            return -1;
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
