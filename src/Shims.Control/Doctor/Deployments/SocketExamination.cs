using Mono.Unix.Native;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at a socket that is named itself: a path, or <c>unix:PATH</c>, or <c>tcp:HOST:PORT</c>.</summary>
internal sealed class SocketExamination : IExamination
{
    public bool Recognises(string what) => IsAddress(what) || Path.GetExtension(what) == ".sock"
        || (Syscall.stat(what, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFSOCK);

    public IEnumerable<string> FindAll() => UsualPlaces.Here.Sockets.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        if (SocketAddress.Parse(what) is not { } address)
            return [new Finding(Severity.Error, what, "this is no address") { Advice = "write unix:PATH or tcp:HOST:PORT" }];
        var deployment = Deployment.Of(settings);
        Service? service = deployment.ServiceAt(address);
        return SocketChecks.Examine(address, WebUsers.Of(deployment.RouteTo(address)?.WebUser, settings), service, settings);
    }

    private static bool IsAddress(string what) => what.StartsWith("unix:", StringComparison.Ordinal) || what.StartsWith("tcp:", StringComparison.Ordinal);
}
