using System.CommandLine;
using System.CommandLine.Parsing;
using Shims.Control.Servers;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Commands;

/// <summary>The options of <c>shimctl config</c> for several hosts.</summary>
internal sealed class HostOptions
{
    internal HostOptions()
    {
        Hosts.Validators.Add(CheckHosts);
        AllowFrom.Validators.Add(CheckPeers);
    }

    internal Option<string?> Hosts { get; } = new("--hosts")
    {
        Description = "With --port: the IP addresses of several hosts, among which nginx or HAProxy divides the requests.",
        HelpName = "ADDRESS,...",
    };

    internal Option<string?> AllowFrom { get; } = new("--allow-from")
    {
        Description = "With --hosts: the web server's address, or its network; no other machine may connect.",
        HelpName = "ADDRESS,...",
    };

    /// <summary>The parts of a value; none of an option that is not given.</summary>
    internal static IReadOnlyList<string> Split(string? value) => value?.Split(',') ?? [];

    /// <summary>Cause and cure; null if the options fit the others.</summary>
    internal string? Objection(CommandResult command, ServerKind web, ServerKind super, bool hasPort)
    {
        bool hasPeers = command.GetResult(AllowFrom) is not null;
        if (command.GetResult(Hosts) is null)
            return hasPeers ? "--allow-from is for --hosts: leave it out, as no other machine can connect to this one" : null;
        IReadOnlyList<string> hosts = Split(ControlSubcommand.Given(command, Hosts));
        // Wrong addresses have their own message.
        return hosts.Count > 0 && hosts.All(HostAddress.IsOne) ? ConfigurationPlan.ObjectionToHosts(web, super, hosts, hasPort, hasPeers) : null;
    }

    private static void CheckHosts(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && (Split(token.Value) is not [_, _, ..] hosts || !hosts.All(HostAddress.IsOne) || hosts.Distinct().Count() < hosts.Count))
            option.AddError($"--hosts takes the different IP addresses of two hosts or more, not \"{token.Value}\": write for example --hosts 10.0.0.11,10.0.0.12,10.0.0.13");
    }

    private static void CheckPeers(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && !Split(token.Value).All(HostAddress.IsOneOrMore))
            option.AddError($"--allow-from takes IP addresses and networks, not \"{token.Value}\": write for example --allow-from 10.0.0.1 or --allow-from 10.0.0.0/24");
    }
}
