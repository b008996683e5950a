using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Finds the script that a URL names, where the web server does not say which file that is: uwsgi and AJP13. Allocates and throws nothing.</summary>
/// <remarks><code>
///   SCRIPT_FILENAME                            script                                             SCRIPT_NAME and PATH_INFO
///   a path                                     that file, as over SCGI (lighttpd, nginx)          as over SCGI
///   proxy:uwsgi://AUTHORITY, file in TARGET    that file (Apache, SetHandler)                     from REQUEST_URI: those sent are cut short
///   none, or proxy: and the path of the URL    the walk along SCRIPT_NAME and PATH_INFO           where the walk ends
///   none, and neither of the two (AJP13)       the walk along the path of REQUEST_URI             where the walk ends
/// </code>
/// The walk begins below <c>--mount</c>, or else at the first component that names something in TARGET. The path is taken as the web server has decoded it: nothing is
/// decoded again, since its own rules are about what it has decoded. That of REQUEST_URI is divided at its slashes first, and then its parts are decoded: one with %2F or %00 in it is not a file.
/// </remarks>
internal static class UrlResolver
{
    /// <summary>Components of a mount that is looked for: more than any site has, and few enough to ask the file system for each.</summary>
    private const int DeepestMount = 32;

    /// <summary>True if the URL alone leads to the script: no file is named.</summary>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="request">The request's variables.</param>
    internal static bool AppliesTo(scoped in ScriptTarget target, scoped in VariableTable request)
    {
        if (!target.WalksUrl)
            return false;
        ReadOnlySpan<byte> file = request[CgiName.ScriptFilename];
        return file.IsEmpty || file.StartsWith("proxy:"u8)
            || (request[CgiName.ScriptName].IsEmpty && file.TrimEnd((byte)'/').SequenceEqual(request[CgiName.DocumentRoot].TrimEnd((byte)'/')));
    }

    /// <summary>Finds the script.</summary>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="memory">The memory for the result.</param>
    /// <param name="found">The script, if the result is Found.</param>
    /// <param name="url">How the URL divides at it.</param>
    internal static Resolution Find(scoped in ScriptTarget target, scoped in VariableTable request, scoped ref Arena memory, out FoundScript found, out ScriptUrl url)
    {
        found = default;
        ReadOnlySpan<byte> local = ProxyPrefix.Remove(request[CgiName.ScriptFilename], out bool isProxied);
        ReadOnlySpan<byte> encoded = RequestedPath.OfUrl(request[CgiName.RequestUri]);
        if (local.IsEmpty && !request[CgiName.RequestUri].IsEmpty && request[CgiName.ScriptName].IsEmpty && request[CgiName.PathInfo].IsEmpty && request[CgiName.DocumentUri].IsEmpty)
            return EncodedUrl.Find(target, encoded, ref memory, out found, out url);
        return isProxied && IsFile(target, local, encoded, ref memory)
            ? FindFile(target, request, local, encoded, ref memory, out found, out url)
            : Walk(target, WholePath(request, encoded, ref memory), request[CgiName.ScriptName], encoded, ref memory, out found, out url);
    }

    /// <summary>True if a proxied path is the one of a file, which SetHandler has found, and not a part of the URL, which the client chooses.</summary>
    private static bool IsFile(scoped in ScriptTarget target, ReadOnlySpan<byte> local, ReadOnlySpan<byte> encoded, scoped ref Arena memory)
    {
        Span<byte> file = memory.Take(local.Length + 1), decoded = memory.Take(local.Length + 1), url = memory.Take(encoded.Length + 1);
        if (local.IsEmpty || file.IsEmpty || decoded.IsEmpty || url.IsEmpty || PathComponents.HasParent(local))
            return false;
        ReadOnlySpan<byte> asFile = file[..PathComponents.Normalize(local, file)];
        ReadOnlySpan<byte> asUrl = Canonical(PercentEncoding.Decode(local, decoded), decoded), requested = Canonical(PercentEncoding.Decode(encoded, url), url);
        return !requested.EndsWith(asFile) && !requested.EndsWith(asUrl) && ScriptResolver.EndOfTarget(target, asFile) >= 0;
    }

    private static Resolution FindFile(scoped in ScriptTarget target, scoped in VariableTable request, ReadOnlySpan<byte> local, ReadOnlySpan<byte> encoded, scoped ref Arena memory,
        out FoundScript found, out ScriptUrl url)
    {
        url = default;
        found = new FoundScript { Path = target.Path, File = target.Path };
        Resolution resolution = target.IsDirectory ? ScriptResolver.Find(target, local, ref memory, out found) : Resolution.Found;
        if (resolution != Resolution.Found)
            return resolution;
        // Without an extra path, mod_proxy_uwsgi sends the file's own as PATH_INFO.
        ReadOnlySpan<byte> sent = request[CgiName.PathInfo], pathInfo = sent.SequenceEqual(local) ? found.Rest : sent;
        url = found.Index.IsEmpty ? ScriptUrl.OfFile(request[CgiName.ScriptName], encoded, found.Path, pathInfo, ref memory)
            : ScriptUrl.OfIndex(default, encoded, found.Index, ref memory);
        return Resolution.Found;
    }

    /// <summary>The decoded path of the URL, mount and all.</summary>
    private static ReadOnlySpan<byte> WholePath(scoped in VariableTable request, ReadOnlySpan<byte> encoded, scoped ref Arena memory)
    {
        ReadOnlySpan<byte> name = request[CgiName.ScriptName], pathInfo = request[CgiName.PathInfo];
        if (name.IsEmpty && pathInfo.IsEmpty)
            return request[CgiName.DocumentUri];
        if (name.IsEmpty || (IsBelow(pathInfo, name.TrimEnd((byte)'/')) && IsUrl(pathInfo, encoded, ref memory)))
            return pathInfo; // nginx's own uwsgi_params, with a SCRIPT_NAME beside them or not
        Span<byte> joined = memory.Take(name.Length + pathInfo.Length);
        if (joined.IsEmpty)
            return default;
        name.CopyInto(joined);
        pathInfo.CopyInto(joined[name.Length..]);
        return joined;
    }

    /// <summary>True if a path is all of the URL's.</summary>
    private static bool IsUrl(ReadOnlySpan<byte> path, ReadOnlySpan<byte> encoded, scoped ref Arena memory)
    {
        Span<byte> one = memory.Take(path.Length + 1), other = memory.Take(encoded.Length + 1);
        return !one.IsEmpty && !other.IsEmpty && Canonical(path, one).SequenceEqual(Canonical(PercentEncoding.Decode(encoded, other), other));
    }

    /// <summary>Walks along a path to the script.</summary>
    internal static Resolution Walk(scoped in ScriptTarget target, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> name, ReadOnlySpan<byte> encoded, scoped ref Arena memory, out FoundScript found, out ScriptUrl url)
    {
        found = default;
        url = default;
        if (whole.IsEmpty)
            return Resolution.NotNamed;
        if (PathComponents.HasParent(whole))
            return Resolution.ParentReference;
        if (whole[0] != (byte)'/')
            return Resolution.NotFound; // OPTIONS *, and an absolute URL behind uWSGI's router
        ReadOnlySpan<byte> mount = target.Mount;
        int start;
        if (!mount.IsEmpty)
            start = EndOfMount(whole, mount);
        else if (target.IsDirectory)
            start = FirstThatNames(target, whole);
        else
            start = EndOfScript(whole, target.Path, name);
        if (start < 0)
            return Resolution.NotFound;
        if (!target.IsDirectory)
        {
            found = new FoundScript { Path = target.Path, File = target.Path };
            url = ScriptUrl.Of(whole[..start], whole[start..]);
            return Resolution.Found;
        }
        Resolution resolution = ScriptResolver.FindJoined(target, target.Path, default, whole[start..], ref memory, out found);
        if (resolution == Resolution.Found)
        {
            url = found.Index.IsEmpty ? ScriptUrl.Of(whole[..(whole.Length - found.Rest.Length)], found.Rest)
                : ScriptUrl.OfIndex(whole, encoded, found.Index, ref memory);
        }
        return resolution;
    }

    /// <summary>The end of the mount in a path.</summary>
    /// <returns>-1 if the path is not below it.</returns>
    private static int EndOfMount(ReadOnlySpan<byte> path, ReadOnlySpan<byte> mount)
    {
        int end = 0;
        while (true)
        {
            ReadOnlySpan<byte> wanted = TakeComponent(mount, 0, out int length);
            if (wanted.IsEmpty)
                return end;
            mount = mount[length..];
            if (!TakeComponent(path, end, out end).SequenceEqual(wanted))
                return -1;
        }
    }

    /// <summary>The end of the mount that is not said: before the first component that names something in the directory.</summary>
    /// <returns>-1 if there is none in a path that has components.</returns>
    private static int FirstThatNames(scoped in ScriptTarget target, ReadOnlySpan<byte> path)
    {
        int start = 0;
        for (int depth = 0; depth < DeepestMount; depth++)
        {
            ReadOnlySpan<byte> component = TakeComponent(path, start, out int end);
            if (component.IsEmpty)
                return depth == 0 ? 0 : -1;
            if (Exists(target, component))
                return start;
            start = end;
        }
        return -1;
    }

    /// <summary>The end of a script in the path of its URL, where TARGET is the script: after its own name, or after the SCRIPT_NAME that was sent.</summary>
    private static int EndOfScript(ReadOnlySpan<byte> path, ReadOnlySpan<byte> script, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> fileName = script[(script.LastIndexOf((byte)'/') + 1)..];
        int end = 0;
        while (true)
        {
            ReadOnlySpan<byte> component = TakeComponent(path, end, out end);
            if (component.SequenceEqual(fileName))
                return end;
            if (component.IsEmpty)
                return IsBelow(path, name.TrimEnd((byte)'/')) ? name.TrimEnd((byte)'/').Length : 0;
        }
    }

    [SkipLocalsInit]
    private static unsafe bool Exists(scoped in ScriptTarget target, ReadOnlySpan<byte> component)
    {
        byte* name = stackalloc byte[Flags.PATH_MAX + 1];
        int length = target.Path.Length + 1 + component.Length;
        if (length > Flags.PATH_MAX)
            return false;
        var path = new Span<byte>(name, Flags.PATH_MAX);
        target.Path.CopyInto(path);
        path[target.Path.Length] = (byte)'/';
        component.CopyInto(path[(target.Path.Length + 1)..]);
        name[length] = 0;
        return Libc.TryGetStatus(name, follow: false, out _);
    }

    /// <summary>The first component at or after an index that names something; empty if there is none.</summary>
    /// <param name="path">The path.</param>
    /// <param name="start">The index.</param>
    /// <param name="end">The end of the component.</param>
    private static ReadOnlySpan<byte> TakeComponent(ReadOnlySpan<byte> path, int start, out int end)
    {
        end = start;
        while (true)
        {
            int begin = end;
            while (begin < path.Length && path[begin] == (byte)'/')
                begin++;
            end = PathComponents.EndOf(path, begin);
            ReadOnlySpan<byte> component = path[begin..end];
            if (component.IsEmpty || !component.SequenceEqual("."u8))
                return component;
        }
    }

    /// <summary>A path without empty components and dots, as web servers make it of a URL.</summary>
    /// <param name="path">May be in the destination already.</param>
    /// <param name="destination">At least as long, and a byte more.</param>
    private static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        int length = 0, position = 0;
        while (true)
        {
            ReadOnlySpan<byte> component = TakeComponent(path, position, out position);
            if (component.IsEmpty)
                return destination[..length];
            if (component.SequenceEqual(".."u8))
            {
                length = Math.Max(0, destination[..length].LastIndexOf((byte)'/'));
                continue;
            }
            destination[length++] = (byte)'/';
            for (int i = 0; i < component.Length; i++)
                destination[length++] = component[i];
        }
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> mount) =>
        path.StartsWith(mount) && (path.Length == mount.Length || path[mount.Length] == (byte)'/');
}
