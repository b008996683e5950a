namespace Shims.Testing;

/// <summary>All that came over a connection until it ended.</summary>
/// <param name="Bytes">The bytes, in order.</param>
/// <param name="WasReset">True if it ended by a reset (ECONNRESET), which tells the web server that the reply is broken.</param>
public sealed record Received(byte[] Bytes, bool WasReset)
{
    /// <summary>The bytes as a CGI reply: header block, empty line, body.</summary>
    public ScriptReply Reply => ScriptReply.Parse(Bytes);
}
