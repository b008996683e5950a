using Mono.Unix.Native;
using Shims.Control.Doctor;
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
        return SocketChecks.Examine(address, WebUsers.Of(set.UpstreamTo(address)?.WebUser, settings), set.ServiceAt(address), settings);
    }

    private static bool IsAddress(string what) =>
        what.StartsWith("unix:", StringComparison.Ordinal) || what.StartsWith("tcp:", StringComparison.Ordinal);
}
