using Mono.Unix.Native;
using Shims.Control.Doctor;
using Shims.Control.Processes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers;

/// <summary>Looks at a socket that is named itself: a path, or <c>unix:PATH</c>, or <c>tcp:HOST:PORT</c>.</summary>
internal sealed class SocketExamination(ConfigurationSet set) : IExamination
{
    public bool Recognises(string what) => IsAddress(what) || Path.GetExtension(what) == ".sock"
        || (Syscall.stat(what, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFSOCK);

    public IEnumerable<string> FindAll() => IncludePattern.Find("/run/shims/*").Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        if (SocketAddress.Parse(what) is not { } address)
            return [new Finding(Severity.Error, what, "this is not an address") { Advice = "write unix:PATH or tcp:HOST:PORT" }];
        Finding[] findings =
            [.. SocketChecks.Examine(address, WebUsers.Of(set.UpstreamTo(address)?.WebUser, settings), set.ServiceAt(address), settings)];
        bool isAsked = set.Upstreams.Any(upstream => upstream.Address is { } target && address.Serves(target));
        return isAsked || !settings.MayRun || !Array.Exists(findings, static finding => finding.Severity == Severity.Good) ? findings
            : [.. findings, Unasked(what, address)];
    }

    /// <summary>A socket leads to many scripts, and does not say to which.</summary>
    private static Finding Unasked(string what, SocketAddress address) =>
        new(Severity.Good, what, "no request was sent to it: its name does not say which script to ask for")
        {
            Advice = "ask for a page: shimctl doctor http://127.0.0.1/cgi-bin/hello.cgi; or without the web server: "
                + $"shimctl request --to {ShellWords.Quote(IsAddress(what) ? what : $"unix:{address}")} "
                + "--script-filename /srv/cgi-bin/hello.cgi /cgi-bin/hello.cgi",
        };

    private static bool IsAddress(string what) =>
        what.StartsWith("unix:", StringComparison.Ordinal) || what.StartsWith("tcp:", StringComparison.Ordinal);
}
