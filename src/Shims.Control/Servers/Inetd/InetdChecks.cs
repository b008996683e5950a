using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Users;

namespace Shims.Control.Servers.Inetd;

/// <summary>Faults of a line of inetd.conf as such.</summary>
internal static partial class InetdChecks
{
    /// <summary>So many starts in a minute are more than people make, and fewer than a test of load does.</summary>
    private const int EnoughStarts = 6000;

    /// <summary>MAXARGV of openbsd-inetd and of FreeBSD's inetd, argv[0] included.</summary>
    internal const int MostWords = 20;

    /// <summary>Looks at the fields of a line, but not at the program's own conditions.</summary>
    internal static IEnumerable<Finding> Examine(InetdLine line, string path)
    {
        string place = line.Place.ToString();
        string then = InetdConfiguration.ToService(line, path).Then("");
        if (line.Fields.Count <= InetdLine.ProgramField)
            return [new Finding(Severity.Error, place, "a service has seven fields or more, this line has "
                + $"{line.Fields.Count.ToString(CultureInfo.InvariantCulture)}: inetd ignores it")
                { Advice = "write address, type, protocol, wait or nowait, user, program, and the program's arguments beginning with its "
                    + $"name{then}" }];
        return ExamineAddress(line, path).Concat(ExamineStart(line, then)).Concat(ExamineArguments(line, then)).Concat(ExamineLength(line, then))
            .Select(finding => finding with
            { Subject = place });
    }

    private static IEnumerable<Finding> ExamineAddress(InetdLine line, string path)
    {
        if (line.SocketType != "stream")
            yield return Wrong($"the type {line.SocketType} is none that a gateway can serve: requests come over connections") with
            { Fix = ConfigurationEdit.Replace(line.Place, $"{line.SocketType}", "stream") };
        if (line.Protocol == "unix")
        {
            if (InetdConfiguration.AddressOf(line) is null)
                yield return Wrong($"{line.Name} is not an absolute path, as a unix socket's name must be") with
                { Advice = "write the path of the socket in the first field" };
            if (line.Name.StartsWith(':') && line.Name.Split(':') is [_, var owner, var group, var mode, _])
            {
                foreach (Finding finding in ExamineOwner(owner, group, mode))
                    yield return finding;
            }
            yield break;
        }
        if (line.Name.StartsWith('/'))
            yield return Wrong($"{line.Name} is a path, but the protocol is {line.Protocol}") with { Fix = ReplaceField(line, 2, "unix") };
        else if (InetdConfiguration.AddressOf(line) is null)
            yield return Wrong(
                $"there is no service {line.Name.Split(':')[^1]} in /etc/services, so inetd does not know which port is meant") with
            {
                Advice =
                    $"write ADDRESS:PORT, for instance 127.0.0.1:9000; or give it a port: echo '{line.Name.Split(':')[^1]} 9000/tcp' >> "
                        + "/etc/services",
            };
        else if (InetdConfiguration.ToService(line, path) is var service && PeerChecks.IsOpen(service))
            yield return new Finding(Severity.Warning, "",
                $"it listens at every address of this machine, and every client that reaches it names the script to run")
            {
                Advice = PeerChecks.Advise(service,
                    $"write 127.0.0.1:{line.Name.Split(':')[^1]}; on FreeBSD, which has no addresses here, give inetd the option -a "
                        + "127.0.0.1"),
            };
    }

    private static IEnumerable<Finding> ExamineOwner(string owner, string group, string mode)
    {
        if (owner.Length > 0 && UserAccount.Find(owner) is null)
            yield return Wrong($"there is no user {owner} to own the socket") with
            { Advice = "write the web server's user: getent passwd" };
        if (group.Length > 0 && Mono.Unix.Native.Syscall.getgrnam(group) is null)
            yield return Wrong($"there is no group {group} for the socket") with { Advice = "write the web server's group: getent group" };
        if (!Mode().IsMatch(mode))
            yield return Wrong($"{mode} is not the mode of a file") with { Advice = "write four octal digits, for instance 0600" };
    }

    private static IEnumerable<Finding> ExamineStart(InetdLine line, string then)
    {
        Match start = Start().Match(line.Start);
        if (!start.Success)
        {
            yield return Wrong($"{line.Start} is neither wait nor nowait") with
            {
                Fix = ReplaceField(line, 3, "nowait.9999999"),
                Advice = $"nowait: a process for each request{then}",
            };
            yield break;
        }
        if (start.Groups["word"].Value == "wait" || line.Start.Contains('/'))
            yield break;
        int starts = start.Groups["limit"] is { Success: true } limit ? int.Parse(limit.ValueSpan, CultureInfo.InvariantCulture) : 256;
        if (starts is > 0 and < EnoughStarts)
            yield return new Finding(Severity.Warning, "",
                $"after {starts} requests in a minute inetd says \"server failing (looping), service terminated\" and does not listen for "
                    + "ten minutes: the web server answers 502")
            { Fix = ReplaceField(line, 3, "nowait.9999999"), Advice = $"allow more starts in a minute{then}" };
    }

    /// <summary>The classic slip: on a command line the program's name does not come twice.</summary>
    private static IEnumerable<Finding> ExamineArguments(InetdLine line, string then)
    {
        string name = Path.GetFileName(line.Program);
        if (line.IsWrapped && !File.Exists(line.Program))
            yield return Wrong($"the program {line.Program} does not exist") with
            { Advice = $"install the package tcpd, or name {line.Arguments[0]} itself as the program{then}" };
        if (line.Arguments.Count == 0 || line.IsWrapped || line.Arguments[0] == name || line.Arguments[0] == line.Program
            || !IsArgument(line.Arguments[0]))
            yield break;
        yield return Wrong(
            $"behind the program stands not its name but {line.Arguments[0]}, which {name} then takes for its own name, and not for an "
                + "argument")
            with
        { Fix = ReplaceProgram(line, $"{line.Program} {name}"), Advice = $"write {name} once more behind its path{then}" };
    }

    private static IEnumerable<Finding> ExamineLength(InetdLine line, string then)
    {
        if (line.Arguments.Count > MostWords)
            yield return Wrong(
                $"the program's name and arguments are {line.Arguments.Count} words, of which inetd passes {MostWords} on "
                    + "and drops the rest") with
            { Advice = $"write options of scgi-run and fcgi-run into a file, one on a line, and here --options FILE{then}" };
    }

    private static bool IsArgument(string word) => word.StartsWith('/') || word.StartsWith('-');

    private static Finding Wrong(string cause) => new(Severity.Error, "", cause);

    private static LineEdit? ReplaceProgram(InetdLine line, string program) =>
        Regex.Match(line.Text.Split('\n')[0],
            $@"{Regex.Escape(line.Program)}\s+{Regex.Escape(line.Arguments[0])}") is { Success: true } match
            ? ConfigurationEdit.Replace(line.Place, match.Value, match.Value.Replace(line.Program, program, StringComparison.Ordinal))
            : null;

    /// <summary>The edit by which one process gets the listening socket.</summary>
    internal static LineEdit? ToWait(InetdLine line) => line.Fields.Count > InetdLine.ProgramField ? ReplaceField(line, 3, "wait") : null;

    /// <summary>Replaces one field, with the one in front of it to tell it from others of the same text.</summary>
    private static LineEdit? ReplaceField(InetdLine line, int index, string value)
    {
        string pattern = $@"{Regex.Escape(line[index - 1])}\s+{Regex.Escape(line[index])}(?=\s)";
        return Regex.Match(line.Text.Split('\n')[0], pattern) is { Success: true } match
            ? ConfigurationEdit.Replace(line.Place, match.Value, match.Value[..^line[index].Length] + value)
            : null;
    }

    [GeneratedRegex(@"^(?<word>wait|nowait)([./](?<limit>\d{1,9}))?(/\d+)*$")]
    private static partial Regex Start();

    [GeneratedRegex("^0?[0-7]{3}$")]
    private static partial Regex Mode();
}
