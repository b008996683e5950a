using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Control.Processes;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>The environment that the gateway makes of a request's variables: what the script gets, and what is held back.</summary>
/// <remarks>The gateway's own code makes it, with the options that the gateway was started with.</remarks>
internal static class ScriptEnvironment
{
    /// <summary>The environment of the script.</summary>
    /// <param name="request">The variables that were sent to the gateway.</param>
    /// <param name="target">TARGET of the gateway; a directory ends in a slash.</param>
    /// <param name="byUrl">Where the gateway finds the script by the URL, its options for that; else null.</param>
    /// <param name="policy">The options of the gateway.</param>
    /// <returns>Empty if the gateway starts no script.</returns>
    internal static unsafe IReadOnlyList<RequestVariable> Of(IReadOnlyList<RequestVariable> request, string target, ScriptOptions? byUrl,
        in EnvironmentPolicy policy)
    {
        byte[] block = [.. request.SelectMany(variable => (byte[])[.. variable.Name, 0, .. variable.Value, 0])];
        var variables = new CgiVariables(block);
        if (!variables.IsWellFormed)
            return [];
        _ = Utf8Parser.TryParse(variables.Get("CONTENT_LENGTH"u8), out long bodyLength, out _);
        byte[] path = Encoding.UTF8.GetBytes(target.TrimEnd('/') + "\0");
        Arena memory = Arena.Create(ScriptLaunch.MemoryFor(block.Length, policy));
        fixed (byte* start = path)
        {
            var script = new ScriptTarget(start, path.Length - 1, target.EndsWith('/'), null, 0) { WalksUrl = byUrl is not null, Options = byUrl };
            Resolution found = ScriptLaunch.Prepare(script, variables, bodyLength, policy, ref memory, out LaunchPlan plan, out _);
            var environment = new List<RequestVariable>();
            for (byte** next = plan.Environment; found == Resolution.Found && *next != null; next++)
                environment.Add(Divide(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*next)));
            plan.Release();
            memory.Release();
            return environment;
        }
    }

    /// <summary>The variables that the script does not get, and does not get in another form either.</summary>
    internal static IReadOnlyList<HeldBackVariable> HeldBack(IReadOnlyList<RequestVariable> request, EnvironmentPolicy policy) =>
        [.. request.Where(variable => variable.Value.Length > 0 && !policy.Admits(CgiNames.Of(variable.Name), variable.Name))
            .DistinctBy(variable => variable.NameText)
            .Select(variable => Describe(variable, policy))
            .OfType<HeldBackVariable>()];

    /// <summary>Null if the gateway writes the variable itself.</summary>
    private static HeldBackVariable? Describe(RequestVariable variable, EnvironmentPolicy policy)
    {
        CgiName known = CgiNames.Of(variable.Name);
        string option = $"--allow-env {ShellWords.Quote(variable.NameText)}";
        (string Reason, string? Option)? why = known switch
        {
            _ when policy.Sets(variable.Name) => null,
            CgiName.Other => ("not a variable of CGI", option),
            CgiName.HttpAuthorization or CgiName.HttpProxyAuthorization => ("passwords are held back: RFC 3875 section 4.1.18", option),
            CgiName.Unportable => ("the name is not letters, digits and underscores", null),
            CgiName.Dangerous => ("programs take a proxy or a file name from it (httpoxy)", null),
            CgiName.HttpContentLength => ("the same as CONTENT_LENGTH", null),
            CgiName.HttpContentType => ("the same as CONTENT_TYPE", null),
            CgiName.HttpConnection or CgiName.HttpExpect or CgiName.HttpKeepAlive or CgiName.HttpTransferEncoding =>
                ("about the connection to the web server only", null),
            CgiName.Scgi => ("a part of the protocol", null),
            _ => null,
        };
        return why is { } found ? new HeldBackVariable(variable.NameText, variable.ValueText, found.Reason, found.Option) : null;
    }

    private static RequestVariable Divide(ReadOnlySpan<byte> setting)
    {
        int equals = setting.IndexOf((byte)'=');
        return new RequestVariable(setting[..equals].ToArray(), setting[(equals + 1)..].ToArray());
    }
}
