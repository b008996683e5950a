using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at a socket unit of systemd with its service unit, whichever of them is named.</summary>
internal sealed class UnitExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Unit;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.SuperServers.Where(path => Recognises(path) && UnitServices.From(path).Any(service => service.Spoken.Length > 0));

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        string? path = what.EndsWith(".socket", StringComparison.Ordinal) ? what : UnitServices.SocketOf(what);
        if (path is null || !File.Exists(path))
            return [new Finding(Severity.Warning, what, $"there is no {path} beside it, so nothing starts it when a request comes") { Advice = "write a socket unit of the same name; inetd-examples/systemd has one to copy" }];
        var deployment = Deployment.Of(settings);
        Unit socket = UnitReader.Read(path);
        Unit? service = File.Exists(UnitServices.ServicePath(socket)) ? UnitReader.Read(UnitServices.ServicePath(socket)) : null;
        string? configured = socket.All("ListenStream").Select(stream => SocketAddress.Parse(stream.Value)).OfType<SocketAddress>().Select(address => deployment.RouteTo(address)?.WebUser).FirstOrDefault(user => user is not null);
        return UnitChecks.Examine(socket, service, WebUsers.Of(configured, settings))
            .Concat(UnitServices.From(path).SelectMany(each => ServiceExamination.Examine(each, deployment, settings)));
    }
}
