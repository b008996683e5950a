using Shims.Ajp;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Detects the protocol of a web server from the first bytes it sends, which stay in the socket; and words the refusal of a wrong one.</summary>
/// <param name="known">All protocols there are.</param>
/// <param name="spoken">Those that are spoken here.</param>
/// <param name="httpCure">The cure for a web server that speaks HTTP, which then is the request's fault; null for the usual one.</param>
internal sealed class ProtocolDetection(Protocol[] known, Protocol[] spoken, string? httpCure = null)
{
    private const byte TlsHandshake = 0x16;

    /// <summary>The first bytes of a packet from a web server.</summary>
    private static ReadOnlySpan<byte> AjpMagic => [0x12, 0x34];

    /// <summary>What a client that speaks HTTP gets where there is nothing to say about its protocol; null for the refusal.</summary>
    internal HttpAnswer? Http { get; init; }

    /// <summary>True if the protocol is spoken here.</summary>
    internal bool Speaks(Protocol protocol) => Array.IndexOf(spoken, protocol) >= 0;

    /// <summary>The names of the protocols spoken here.</summary>
    /// <param name="before">The word before the last one.</param>
    internal string Names(string before) => List(Array.ConvertAll(spoken, static protocol => protocol.Name), before);

    /// <summary>The protocol of a connection that begins with these bytes.</summary>
    internal Protocol Of(byte first) => Array.Find(spoken, protocol => protocol.BeginsWith(first)) ?? spoken[0];

    /// <summary>The protocol of a connection.</summary>
    /// <returns>Null if nothing has come in yet that would tell.</returns>
    internal Protocol? Look(int descriptor)
    {
        if (spoken is [var only])
            return only;
        Span<byte> first = stackalloc byte[1];
        return Libc.Peek(descriptor, first) > 0 ? Of(first[0]) : null;
    }

    /// <summary>Recognises a web server that speaks something else, which is a line in its configuration.</summary>
    /// <param name="start">The first bytes received.</param>
    /// <returns>Null if it is nothing that is known.</returns>
    internal Fault? Explain(ReadOnlySpan<byte> start)
    {
        string own = $"{(spoken is [var only] ? only.Program : Log.Program)} speaks {Names("and")}";
        string pass = spoken is [{ Directive: { } directive }] ? directive : List(Array.ConvertAll(spoken, static protocol => protocol.Word + "_pass"), "or") + " in nginx";
        if (IsHttp(start))
        {
            return Http is not null ? Http.Fault : Miswired("an HTTP request", own, httpCure ?? $"put a web server in front ({pass}), not proxy_pass or a browser") with
            { Status = httpCure is null ? 500 : 400 };
        }
        if (start is [TlsHandshake, ..])
            return Miswired("a TLS connection", own, $"put a web server in front ({pass}); TLS ends there");
        if (Find(start) is { } other)
            return Speaks(other) ? null : OtherRequest($"{other.Article} {other.Name}", other.Program);
        return start.StartsWith(AjpMagic) && spoken[0].Directive is null ? OtherRequest("an AJP13", "ajp-run") : null;

        Fault OtherRequest(string what, string program) =>
            Miswired($"{what} request", own, $"use {pass}{(spoken[0].Directive is null ? $" (Apache: {spoken[0].Scheme}://)" : "")}, or let {program} listen here");
    }

    /// <summary>Puts a CGI response into the form that the peer understands.</summary>
    /// <param name="start">The first bytes received.</param>
    /// <param name="page">Header and body.</param>
    internal byte[] Enclose(ReadOnlySpan<byte> start, byte[] page) =>
        IsHttp(start) ? Http is not null ? Http.Response : [.. httpCure is null ? "HTTP/1.0 500 Internal Server Error\r\n"u8 : "HTTP/1.0 400 Bad Request\r\n"u8, .. page]
        : start.StartsWith(AjpMagic) ? PagePackets.Of(page)
        : (Find(start) ?? spoken[0]).Enclose(start, page);

    private static string List(string[] words, string before) => words is [.. var first, var last] && first.Length > 0 ? $"{string.Join(", ", first)} {before} {last}" : words[0];

    private Protocol? Find(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            return null;
        byte first = start[0];
        return Array.Find(known, protocol => protocol.BeginsWith(first));
    }

    /// <summary>A method and a space. Of a name alone that may become one it is too early to say.</summary>
    private static bool IsHttp(ReadOnlySpan<byte> start) => start is [>= (byte)'A' and <= (byte)'Z', ..] && start.Contains((byte)' ');

    private static Fault Miswired(string what, string own, string cure) => new(500, $"this is {what}, but {own}", cure) { ExitCode = ExitCode.PeerError };
}
