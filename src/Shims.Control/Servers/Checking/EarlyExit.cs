using System.Globalization;
using System.Net.Sockets;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Control.Users;
using Shims.Diagnostics;

namespace Shims.Control.Servers.Checking;

/// <summary>Starts a program as a process manager does, with a listening socket as its standard input, and sees whether it stays.</summary>
internal static class EarlyExit
{
    /// <summary>A program that is not right ends as soon as it has been loaded.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    internal static IEnumerable<Finding> Examine(Service service, DoctorSettings settings)
    {
        if (!settings.MayRun || service.Command is not { } command || !UserAccount.Current.May(Access.Execute, command.Program))
            return [];
        // A web server that root has started lets its programs run as another user.
        UserAccount user = (service.User is null ? null : UserAccount.Find(service.User)) ?? settings.WebUser ?? settings.User;
        if (user.IsRoot || UserCommand.As(user, [command.Program, .. command.Arguments]) is not { } words)
            return UserAccount.Current.IsRoot && !settings.IsUserNamed && (settings with { User = user }).Idleness is { } idleness
                ? [idleness]
                : [];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("shimctl-");
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(Path.Join(folder.FullName, "socket")));
            listener.Listen();
            return Watch(service, command, words, (int)listener.Handle);
        }
        catch (Exception refused) when (refused is SocketException or ShimException)
        {
            return refused is ShimException
                ? [new Finding(Severity.Error, service.CommandPlace.ToString(), refused.Message)
                { Advice = $"mend it; then: {service.Reload}" }]
                : [];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Finding[] Watch(Service service, ProgramCommand command, IReadOnlyList<string> words, int listener)
    {
        var errors = new ErrorOutput();
        GatewayAddress address = GatewayAddress.Exec(words) with { Directory = "/", Environment = ["PATH=/usr/local/bin:/usr/bin:/bin"] };
        StartedCommand started = StartedCommand.StartAsync(address, listener, SilentObserver.Instance, errors).GetAwaiter().GetResult();
        if (!started.Ended.Wait(s_patience))
        {
            started.Stop();
            return [
                new Finding(Severity.Good, service.CommandPlace.ToString(),
                    $"{command.Name} stays, as {service.SuperServer} expects it to")];
        }
        string said = errors.Text.Trim() is { Length: > 0 } text ? $": {text.Split('\n')[^1]}" : "";
        string why = command.Spoken is []
            ? "is it a CGI script, which responds once and ends? Then start it through fcgi-run"
            : "mend what it says";
        LineEdit? wrapped = command.Spoken is [] && InstalledPrograms.Find("fcgi-run") is { } gateway
            ? ConfigurationEdit.Replace(service.CommandPlace, command.Program, $"{gateway} {command.Program}")
            : null;
        return [new Finding(Severity.Error, service.CommandPlace.ToString(), $"{command.Name} ends at once ({Describe(started)}){said}; "
            + $"{service.SuperServer} starts it again and again, then gives up for minutes")
        {
            Fix = wrapped,
            Advice = $"{why}; then: {service.Reload}",
        }];
    }

    private static string Describe(StartedCommand started)
    {
        Posix.ExitStatus status = started.Ended.Result;
        return status.Signal != 0
            ? $"signal {status.Signal.ToString(CultureInfo.InvariantCulture)}"
            : $"exit status {status.Code.ToString(CultureInfo.InvariantCulture)}";
    }
}
