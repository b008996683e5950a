using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Divides the path of a URL into SCRIPT_NAME and PATH_INFO, the same way whichever web server sent it. Allocates and throws nothing.</summary>
/// <remarks>
/// RFC 3875 sections 4.1.5 and 4.1.13 say that both are decoded and that one follows the other. Web servers divide in the wrong place
/// (nginx without a split, mod_proxy_scgi 2.4 when the path has encoded characters), decode only one of the two, or keep %2F. REQUEST_URI is the one that
/// none of them touches; so where it agrees with what they say, the parts are taken from it. After a rewrite it does not agree, and they are believed.
/// </remarks>
internal readonly ref struct ScriptUrl
{
    internal ReadOnlySpan<byte> ScriptName { get; private init; }

    internal ReadOnlySpan<byte> PathInfo { get; private init; }

    /// <summary>True if the URL of a directory lacks the slash at its end, without which the links of its page lead astray.</summary>
    internal bool NeedsSlash { get; private init; }

    /// <summary>The URL of the file that responds for a directory.</summary>
    /// <param name="request">The request's variables.</param>
    /// <param name="index">The file's name.</param>
    /// <param name="memory">The memory for it.</param>
    internal static ScriptUrl OfIndex(scoped in VariableTable request, ReadOnlySpan<byte> index, scoped ref Arena memory)
    {
        ReadOnlySpan<byte> name = request[CgiName.ScriptName], pathInfo = request[CgiName.PathInfo];
        if (name.IsEmpty && pathInfo.IsEmpty)
            name = request[CgiName.DocumentUri];
        return OfIndex(name, pathInfo, RequestedPath(request, ref memory), index, ref memory);
    }

    /// <summary>The URL of the file that responds for a directory.</summary>
    /// <param name="whole">The path that led there, decoded; empty for that of the URL.</param>
    /// <param name="encoded">The path of the URL.</param>
    /// <param name="index">The file's name.</param>
    /// <param name="memory">The memory for it.</param>
    internal static ScriptUrl OfIndex(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> index, scoped ref Arena memory)
    {
        Span<byte> decoded = memory.Take(encoded.Length + 1);
        return OfIndex(whole, default, decoded.IsEmpty ? default : PercentEncoding.Decode(encoded, decoded), index, ref memory);
    }

    private static ScriptUrl OfIndex(ReadOnlySpan<byte> name, ReadOnlySpan<byte> pathInfo, ReadOnlySpan<byte> path, ReadOnlySpan<byte> index, scoped ref Arena memory)
    {
        int sent = name.Length + pathInfo.Length;
        Span<byte> joined = memory.Take(Math.Max(sent, path.Length) + 1 + index.Length);
        if (joined.IsEmpty)
            return new ScriptUrl { ScriptName = path };
        name.CopyInto(joined);
        pathInfo.CopyInto(joined[name.Length..]);
        // After a rewrite the URL of the browser is another one, and only the rules that changed it know which slash it needs.
        bool agrees = path.IsEmpty || PercentEncoding.MeanTheSame(path, joined[..sent]);
        if (sent == 0)
        {
            path.CopyInto(joined);
            sent = path.Length;
        }
        bool hasSlash = sent > 0 && joined[sent - 1] == (byte)'/';
        if (!hasSlash)
            joined[sent] = (byte)'/';
        int end = hasSlash ? sent : sent + 1;
        index.CopyInto(joined[end..]);
        return new ScriptUrl { ScriptName = joined[..(end + index.Length)], NeedsSlash = !hasSlash && sent > 0 && agrees };
    }

    /// <summary>A path that has been divided.</summary>
    internal static ScriptUrl Of(ReadOnlySpan<byte> scriptName, ReadOnlySpan<byte> pathInfo) => new() { ScriptName = scriptName, PathInfo = pathInfo };

    /// <summary>Divides the path of a URL at the script's own name, where the parts that were sent cannot be believed.</summary>
    /// <param name="name">SCRIPT_NAME as sent, whose end may be missing.</param>
    /// <param name="encoded">The path of the URL. A slash that is encoded does not divide it.</param>
    /// <param name="script">The script's path.</param>
    /// <param name="pathInfo">PATH_INFO, by which one of several components of that name is chosen.</param>
    /// <param name="memory">The memory for decoded paths.</param>
    internal static ScriptUrl OfFile(ReadOnlySpan<byte> name, ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> script, ReadOnlySpan<byte> pathInfo, scoped ref Arena memory)
    {
        ReadOnlySpan<byte> fileName = script[(script.LastIndexOf((byte)'/') + 1)..];
        Span<byte> decoded = memory.Take(encoded.Length + 1), trial = memory.Take(encoded.Length + 1), joined = memory.Take(name.Length + fileName.Length + 1);
        if (decoded.IsEmpty || trial.IsEmpty || joined.IsEmpty)
            return new ScriptUrl { ScriptName = name, PathInfo = pathInfo };
        int chosen = -1;
        for (int start = 0; start < encoded.Length;)
        {
            int end = PathComponents.EndOf(encoded, start + 1);
            if (PercentEncoding.Decode(encoded[(start + 1)..end], trial, keepSlashes: true).SequenceEqual(fileName))
            {
                bool agrees = PercentEncoding.Decode(encoded[end..], trial).SequenceEqual(pathInfo) || PercentEncoding.Decode(encoded[end..], trial, keepSlashes: true).SequenceEqual(pathInfo);
                if (agrees || chosen < 0)
                    chosen = end;
                if (agrees)
                    break;
            }
            start = end;
        }
        if (chosen >= 0)
        {
            int length = PercentEncoding.Decode(encoded[..chosen], decoded).Length;
            return new ScriptUrl { ScriptName = decoded[..length], PathInfo = PercentEncoding.Decode(encoded[chosen..], decoded[length..]) };
        }
        // After a rewrite, or for the index of a directory, the URL has another name, and what was sent is the script's, maybe without its end.
        int last = name.LastIndexOf((byte)'/') + 1;
        if (name.IsEmpty || !fileName.StartsWith(name[last..]))
            return new ScriptUrl { ScriptName = name, PathInfo = pathInfo };
        name[..last].CopyInto(joined);
        fileName.CopyInto(joined[last..]);
        return new ScriptUrl { ScriptName = joined[..(last + fileName.Length)], PathInfo = pathInfo };
    }

    /// <summary>Divides.</summary>
    /// <param name="request">The request's variables.</param>
    /// <param name="script">The script's path; its last component is looked for in the URL.</param>
    /// <param name="rest">The text after the script in the path that led to it, if that path came from the request.</param>
    /// <param name="isInPathInfo">True if PATH_INFO as sent led to the script, and so has the script's name in it.</param>
    /// <param name="memory">The memory for decoded paths.</param>
    internal static ScriptUrl Split(scoped in VariableTable request, ReadOnlySpan<byte> script, ReadOnlySpan<byte> rest, bool isInPathInfo, scoped ref Arena memory)
    {
        ReadOnlySpan<byte> name = request[CgiName.ScriptName];
        ReadOnlySpan<byte> pathInfo = request[CgiName.PathInfo];
        if (isInPathInfo)
            return Join(request, name, pathInfo, rest, ref memory);
        ReadOnlySpan<byte> fileName = script[(script.LastIndexOf((byte)'/') + 1)..];
        if (pathInfo.IsEmpty && !rest.IsEmpty && name.EndsWith(rest))
        {
            // nginx without a split: SCRIPT_NAME is the whole path, and the text after the script's file is not a part of its name.
            name = name[..^rest.Length];
            pathInfo = rest;
        }
        if (name.IsEmpty && EndOfUndivided(pathInfo, fileName, rest) is >= 0 and int endInPathInfo)
            return new ScriptUrl { ScriptName = pathInfo[..endInPathInfo], PathInfo = pathInfo[endInPathInfo..] };
        ReadOnlySpan<byte> path = RequestedPath(request, ref memory);
        if (name.IsEmpty)
            name = SubtractPathInfo(path.IsEmpty ? request[CgiName.DocumentUri] : path, pathInfo);

        int end = EndOfScript(path, fileName, name);
        if (end >= 0 && Agrees(path[end..], pathInfo, rest, ref memory))
            return new ScriptUrl { ScriptName = path[..end], PathInfo = path[end..] };
        return new ScriptUrl { ScriptName = name, PathInfo = pathInfo.IsEmpty ? rest : pathInfo };
    }

    /// <summary>SCRIPT_NAME was where a directory is mounted: the script's own name is moved to it from PATH_INFO.</summary>
    private static ScriptUrl Join(scoped in VariableTable request, ReadOnlySpan<byte> mount, ReadOnlySpan<byte> pathInfo, ReadOnlySpan<byte> rest, scoped ref Arena memory)
    {
        Span<byte> joined = memory.Take(mount.Length + pathInfo.Length);
        Span<byte> decoded = memory.Take(pathInfo.Length);
        Span<byte> decodedRest = memory.Take(rest.Length);
        if (joined.IsEmpty || decoded.IsEmpty || decodedRest.Length != rest.Length)
            return new ScriptUrl { ScriptName = mount, PathInfo = rest };
        ReadOnlySpan<byte> path = RequestedPath(request, ref memory);
        ReadOnlySpan<byte> plain = PercentEncoding.Decode(pathInfo, decoded);
        if (path.StartsWith(mount) && path[mount.Length..].SequenceEqual(plain))
        {
            pathInfo = plain; // it was sent encoded, or has nothing to decode
            rest = PercentEncoding.Decode(rest, decodedRest);
        }
        ReadOnlySpan<byte> below = pathInfo[..^Math.Min(rest.Length, pathInfo.Length)];
        mount.CopyInto(joined);
        below.CopyInto(joined[mount.Length..]);
        return new ScriptUrl { ScriptName = joined[..(mount.Length + below.Length)], PathInfo = rest };
    }

    /// <summary>The decoded path of REQUEST_URI; empty if there is none, or if it is not a path (OPTIONS *, or an absolute URL).</summary>
    private static ReadOnlySpan<byte> RequestedPath(scoped in VariableTable request, scoped ref Arena memory)
    {
        ReadOnlySpan<byte> encoded = Cgi.RequestedPath.In(request[CgiName.RequestUri]);
        if (encoded.IsEmpty || encoded[0] != (byte)'/')
            return default;
        Span<byte> decoded = memory.Take(encoded.Length);
        return decoded.IsEmpty ? default : PercentEncoding.Decode(encoded, decoded);
    }

    private static ReadOnlySpan<byte> SubtractPathInfo(ReadOnlySpan<byte> path, ReadOnlySpan<byte> pathInfo) =>
        path.EndsWith(pathInfo) ? path[..^pathInfo.Length] : path;

    /// <summary>The end of the script in the URL's path: after the script's own file name, or else after the SCRIPT_NAME that was sent.</summary>
    /// <returns>-1 if neither is there.</returns>
    private static int EndOfScript(ReadOnlySpan<byte> path, ReadOnlySpan<byte> fileName, ReadOnlySpan<byte> name)
    {
        bool nameIsPrefix = path.StartsWith(name) && (path.Length == name.Length || path[name.Length] == (byte)'/');
        if (nameIsPrefix && EndsWithComponent(name, fileName))
            return name.Length;
        // SCRIPT_NAME may reach too far; it never ends before the script.
        int end = EndOfComponent(path, fileName);
        if (end >= 0)
            return name.StartsWith(path[..end]) ? end : -1;
        return nameIsPrefix ? name.Length : -1;
    }

    /// <summary>The end of the script in a path that the web server did not divide: Caddy 2.6 without split and h2o 2.2 send all of it as PATH_INFO, and an empty SCRIPT_NAME.</summary>
    /// <returns>-1 if the script is not in it: then it is a PATH_INFO, and the script is mounted at the root of the site.</returns>
    private static int EndOfUndivided(ReadOnlySpan<byte> pathInfo, ReadOnlySpan<byte> fileName, ReadOnlySpan<byte> rest)
    {
        if (pathInfo.EndsWith(rest) && EndsWithComponent(pathInfo[..^rest.Length], fileName))
            return pathInfo.Length - rest.Length;
        return rest.IsEmpty ? EndOfComponent(pathInfo, fileName) : -1;
    }

    /// <summary>The end of the first component of a path that is the given one; -1 if there is none.</summary>
    private static int EndOfComponent(ReadOnlySpan<byte> path, ReadOnlySpan<byte> component)
    {
        for (int start = 0; start < path.Length; start++)
        {
            int end = start + 1 + component.Length;
            if (path[start] == (byte)'/' && end <= path.Length && path[(start + 1)..end].SequenceEqual(component) && (end == path.Length || path[end] == (byte)'/'))
                return end;
        }
        return -1;
    }

    private static bool EndsWithComponent(ReadOnlySpan<byte> path, ReadOnlySpan<byte> component) =>
        path.EndsWith(component) && path.Length > component.Length && path[^(component.Length + 1)] == (byte)'/';

    /// <summary>True if PATH_INFO as sent equals the URL's, decoded or not; if none was sent, if the path that led to the script does.</summary>
    private static bool Agrees(ReadOnlySpan<byte> fromUrl, ReadOnlySpan<byte> sent, ReadOnlySpan<byte> rest, scoped ref Arena memory)
    {
        if (fromUrl.IsEmpty && sent.SequenceEqual("/"u8))
            return true; // mod_proxy_scgi sends PATH_INFO=/ for none
        ReadOnlySpan<byte> said = sent.IsEmpty ? rest : sent;
        Span<byte> decoded = memory.Take(said.Length);
        return decoded.Length == said.Length && (said.SequenceEqual(fromUrl) || PercentEncoding.Decode(said, decoded).SequenceEqual(fromUrl));
    }
}
