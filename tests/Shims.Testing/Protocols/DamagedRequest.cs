using System.Text;
using CsCheck;

namespace Shims.Testing;

/// <summary>What a peer sends that means well or ill: a request with damages, in two pieces.</summary>
/// <param name="First">What is sent at first.</param>
/// <param name="Rest">What follows, if anything is left.</param>
public sealed record DamagedRequest(byte[] First, byte[] Rest)
{
    /// <summary>Damaged SCGI requests.</summary>
    /// <param name="script">The script that the undamaged ones ask for; null for a handler.</param>
    public static Gen<DamagedRequest> Scgi(string? script) => Of(
        ScgiClient.Encode(Get(script)),
        [.. ScgiClient.Encode(Post(script).ForScgi(11)), .. "name=value&"u8],
        [.. ScgiClient.Encode(Post(script).ForScgi(1)), .. "surplus of a body"u8],
        ScgiClient.Encode(Post(script).ForScgi(70_000)));

    /// <summary>Damaged uwsgi requests.</summary>
    /// <param name="script">The script that the undamaged ones ask for; null for a handler.</param>
    public static Gen<DamagedRequest> Uwsgi(string? script) => Of(
        UwsgiClient.Encode(Get(script).ForFastCgi(0)),
        UwsgiClient.Encode(Get(script).ForFastCgi(0), modifier1: 30),
        [.. UwsgiClient.Encode(Post(script).ForFastCgi(11)), .. "name=value&"u8],
        [.. UwsgiClient.Encode(Post(script).ForFastCgi(1)), .. "surplus of a body"u8],
        UwsgiClient.Encode(Post(script).ForFastCgi(70_000)));

    /// <summary>Damaged FastCGI connections: one request, several after each other and at a time, and the records around them.</summary>
    /// <param name="script">The script that the undamaged ones ask for; null for a handler.</param>
    public static Gen<DamagedRequest> FastCgi(string? script) => Of(
        FastCgiClient.Encode(Get(script).ForFastCgi(0)),
        FastCgiClient.Encode(Post(script).ForFastCgi(11), "name=value&"u8.ToArray()),
        [.. FastCgiClient.Encode(Get(script).ForFastCgi(0), keepConnection: true), .. FastCgiClient.Encode(Post(script).ForFastCgi(5), "12345"u8.ToArray())],
        [
            .. FastCgiClient.GetValues("FCGI_MAX_CONNS", "FCGI_MPXS_CONNS").ToBytes(),
            .. FastCgiClient.Encode(Get(script).ForFastCgi(0), requestId: 1, keepConnection: true),
            .. FastCgiClient.Encode(Get(script).ForFastCgi(0), requestId: 2, keepConnection: true),
            .. FastCgiClient.Abort(2).ToBytes(),
        ]);

    /// <summary>As the failing case is printed.</summary>
    public override string ToString() => $"{Encoding.Latin1.GetString(First)} | {Encoding.Latin1.GetString(Rest)}";

    private static Gen<DamagedRequest> Of(params byte[][] requests) =>
        from valid in Gen.OneOf(requests)
        from damaged in DamagedBytes.Of(valid)
        from place in Gen.UInt
        select Split(damaged, (int)(place % (damaged.Length + 1L)));

    private static DamagedRequest Split(byte[] bytes, int place) => new(bytes[..place], bytes[place..]);

    private static RequestVariables Get(string? script) => RequestVariables.For("GET", script ?? "/app", query: "do=write%20hello");

    private static RequestVariables Post(string? script) => RequestVariables.For("POST", script ?? "/app", query: "do=echo");
}
