using System.Runtime.InteropServices;
using System.Text;
using Shims.Cgi;
using Shims.Posix;

namespace Shims.Control.Servers.Checking;

/// <summary>Asks the gateways' own code which script a request with certain variables would run.</summary>
internal static class SimulatedRequest
{
    private const int MemorySize = 1 << 18;

    /// <summary>Finds the script.</summary>
    /// <param name="target">TARGET as on the gateway's command line.</param>
    /// <param name="variables">What the web server sends.</param>
    /// <param name="mount">Where the gateway finds the script by the URL: its --mount, empty if it has none. Null where it does not.</param>
    internal static unsafe SimulatedAnswer Resolve(string target, IReadOnlyDictionary<string, string> variables, string? mount = null)
    {
        bool isDirectory = target.EndsWith('/') && target.Length > 1;
        string path = isDirectory ? target.TrimEnd('/') : target;
        byte* name = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        Arena memory = Arena.Create(MemorySize);
        try
        {
            byte[] block = Encoding.UTF8.GetBytes(string.Concat(variables.Select(pair => $"{pair.Key}\0{pair.Value}\0")));
            ScriptLocation script = default;
            Resolution resolution = VariableTable.TryMake(new CgiVariables(block), ref memory, out VariableTable request)
                ? ScriptResolver.Resolve(new ScriptTarget(name, Encoding.UTF8.GetByteCount(path), isDirectory, null, 0)
                {
                    WalksUrl = mount is not null,
                    Options = mount is null ? null : new ScriptOptions { Mount = Encoding.UTF8.GetBytes(mount) },
                }, request,
                    ref memory, out script)
                : Resolution.TooLong;
            script.Held.Release();
            return new SimulatedAnswer(resolution, Encoding.UTF8.GetString(script.Path), Encoding.UTF8.GetString(script.ScriptName),
                Encoding.UTF8.GetString(script.PathInfo));
        }
        finally
        {
            memory.Release();
            Marshal.FreeCoTaskMem((nint)name);
        }
    }
}

/// <summary>Which script a request would run, and how its path would be divided.</summary>
internal sealed record SimulatedAnswer(Resolution Resolution, string Script, string ScriptName, string PathInfo);
