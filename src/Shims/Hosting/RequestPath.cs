using Shims.Cgi;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Divides the path of a request into the part that names the program and the rest, the same way whichever web server sent it.</summary>
internal static class RequestPath
{
    /// <summary>Divides.</summary>
    /// <param name="block">The request's variables.</param>
    /// <param name="mountPath">The program's path in the site, if it has been told; see <see cref="ShimOptions.MountPath"/>.</param>
    internal static (string ScriptName, string PathInfo) Split(byte[] block, string? mountPath)
    {
        var variables = new CgiVariables(block);
        // Room for REQUEST_URI and PATH_INFO, decoded.
        Arena memory = Arena.Create(4 * block.Length + 64 + VariableTable.MemoryFor(Math.Min(block.Length / 3, CgiVariables.MaxCount)));
        try
        {
            if (!VariableTable.TryMake(variables, ref memory, out VariableTable request))
                throw new InsufficientMemoryException();
            ReadOnlySpan<byte> script = request[CgiName.ScriptName];
            // Without a name (nginx's scgi_params has none) no component of the URL is it.
            ScriptUrl url = ScriptUrl.Split(request, script.IsEmpty ? "\0"u8 : script, default, isInPathInfo: false, ref memory);
            string name = CgiVariableCollection.ToText(url.ScriptName);
            string rest = CgiVariableCollection.ToText(url.PathInfo);
            return mountPath is null ? (name, rest) : Mount(name + rest, mountPath) ?? (name, rest);
        }
        finally
        {
            memory.Release();
        }
    }

    /// <returns>Null if the path is not below the mount point: <c>/blog2</c> is not below <c>/blog</c>.</returns>
    private static (string, string)? Mount(string path, string mountPath)
    {
        string mount = mountPath.TrimEnd('/');
        bool isBelow = path.StartsWith(mount, StringComparison.Ordinal) && (path.Length == mount.Length || path[mount.Length] == '/');
        return isBelow ? (mount, path[mount.Length..]) : null;
    }
}
