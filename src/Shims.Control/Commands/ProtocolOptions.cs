using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using Shims.Control.Client;
using Shims.Gateway.Connections;

namespace Shims.Control.Commands;

/// <summary>An option for each protocol, such as <c>--scgi</c>.</summary>
/// <param name="offered">The protocols: <see cref="Protocols.Known"/>, or those of them that the command speaks.</param>
/// <param name="describe">Text for <c>--help</c>.</param>
internal sealed class ProtocolOptions(Protocol[] offered, Func<Protocol, string> describe) : IEnumerable<Option>
{
    private readonly Dictionary<Protocol, Option<bool>> _options =
        offered.ToDictionary(protocol => protocol, protocol =>
            new Option<bool>(ProtocolOption.NameOf(protocol)) { Description = describe(protocol) });

    public IEnumerator<Option> GetEnumerator() => _options.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The protocol of the command line; null if it has none.</summary>
    internal Protocol? Chosen(CommandResult command) => Given(command).FirstOrDefault();

    /// <summary>The error if there are several; null if there are not.</summary>
    internal string? Objection(CommandResult command)
    {
        string[] given = [.. Given(command).Select(ProtocolOption.NameOf)];
        return given.Length > 1 ? $"{string.Join(" and ", given)} cannot be combined: give one of them" : null;
    }

    private IEnumerable<Protocol> Given(CommandResult command) =>
        offered.Where(protocol => ControlSubcommand.Given(command, _options[protocol]));
}
