using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>The options of <c>shimctl</c> that choose a protocol.</summary>
internal static class ProtocolOption
{
    /// <summary>The name of a protocol's option, such as <c>--scgi</c>. That of AJP13 is what everybody calls it.</summary>
    internal static string NameOf(Protocol protocol) => "--" + (protocol == Protocols.Ajp13 ? protocol.Scheme : protocol.Word);
}
