using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Serving;

namespace Shims.Control.Servers.Checking;

/// <summary>The secret of AJP13: whether both halves have the same one, and whether others can read it.</summary>
internal static class SecretChecks
{
    private const string HowToSend = "write secret= behind ProxyPass or BalancerMember, in a file of mode 600 that is included: shimctl config writes it";

    private const string HowToSendByWorker = "write worker.NAME.secret= into a file of mode 600: of workers.properties, or JkWorkerProperty in one that is included";

    /// <summary>Looks at what a web server sends, and what the gateway asks for.</summary>
    internal static IEnumerable<Finding> Examine(Upstream upstream, Service? service, DoctorSettings settings)
    {
        if (upstream.Secret is not null && ExamineAccess(upstream) is { } open)
            yield return open;
        if (upstream.Protocol != Protocols.Ajp13 || service is not { Command: { IsGateway: true } command } || !service.Spoken.Contains(Protocols.Ajp13))
            yield break;
        string place = upstream.Place.ToString();
        string? file = command.ValueOf(SecretFile.Option);
        if (file is null && upstream.Secret is not null)
            yield return new Finding(Severity.Warning, place, $"it sends a secret, and {command.Name} asks for none ({service.CommandPlace})")
            { Advice = service.Then($"let {command.Name} ask for it: {SecretFile.Option} FILE") };
        if (file is null)
            yield break;
        if (upstream.Secret is null)
            yield return new Finding(Severity.Error, place, $"it sends no secret, and {command.Name} asks for the one in {file} ({service.CommandPlace}): 403 Forbidden")
            {
                Advice = upstream.Server == "mod_jk" ? upstream.Then(HowToSendByWorker)
                    : upstream.Server == "Apache" ? upstream.Then(HowToSend)
                    : $"{upstream.Server} cannot send one: use a unix socket without {SecretFile.Option}, or FastCGI",
            };
        else if (ReadSecret(file) is { } secret && secret != upstream.Secret)
            yield return new Finding(Severity.Error, upstream.SecretPlace.ToString(), $"its secret is not the one in {file}, which {command.Name} asks for ({service.CommandPlace}): 403 Forbidden")
            { Advice = upstream.Then("write the same into both, and keep it in files of mode 600") };
    }

    /// <summary>Looks at a gateway that any client could lie to.</summary>
    internal static IEnumerable<Finding> Examine(Service service, ProgramCommand command, UserAccount user)
    {
        if (!service.Spoken.Contains(Protocols.Ajp13))
            yield break;
        string place = service.CommandPlace.ToString();
        const string advice = "write a secret into a file of mode 600, and name it with --secret-file, or use a unix socket: shimctl config writes both halves";
        if (command.ValueOf(SecretFile.Option) is { } file)
        {
            if (user.FindObstacle(Access.Read, file) is { Kind: ObstacleKind.Forbidden } obstacle)
                yield return new Finding(Severity.Error, place, $"user {user.Name} may not read the secret: {obstacle.Path} is closed to that user")
                { Advice = service.Then($"let user {user.Name} own {file}, with mode 600") };
            yield break;
        }
        if (service.Address is not { Path: null } address)
            yield break;
        if (!address.IsLoopback)
            yield return new Finding(Severity.Error, place, $"{command.Name} refuses {address}, which can be reached over the network, without a secret: any client could say which user has logged in")
            { Advice = service.Then(advice) };
        else if (!command.UpToTarget.Contains("--insecure-no-secret"))
            yield return new Finding(Severity.Error, place, $"{command.Name} refuses {address}, which every user of this machine can connect to, without a secret")
            { Advice = service.Then(advice) };
        else
            yield return new Finding(Severity.Warning, place, $"every user of this machine can connect to {address}, and say which user has logged in")
            { Advice = service.Then(advice) };
    }

    /// <summary>The finding of a file with a secret that everyone can read.</summary>
    private static Finding? ExamineAccess(Upstream upstream)
    {
        string file = upstream.SecretPlace.File;
        try
        {
            return (File.GetUnixFileMode(file) & UnixFileMode.OtherRead) == 0 ? null
                : new Finding(Severity.Warning, upstream.SecretPlace.ToString(), "there is a secret in this file, which every user of this machine can read")
                { Fix = ShellCommand.Of("chmod", "o-rwx", file), Advice = "let it alone be in a file of mode 600, which is included here" };
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The secret of a file; null if it cannot be read here, or if the gateway itself complains of it.</summary>
    private static string? ReadSecret(string file)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(SecretFile.ReadValue(file));
        }
        catch (ShimException)
        {
            return null;
        }
    }
}
