using CsCheck;
using Shims.Ajp;
using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Ajp;

/// <summary>Damaged packets.</summary>
public sealed class ForwardRequestFuzzTests
{
    private static readonly int s_rounds = TestExtent.Of(4_000, 400_000);

    private static readonly byte[] s_valid = new AjpRequestData
    {
        Method = "PATCH",
        Uri = "/cgi-bin/env.cgi/a%20b",
        Query = "a=b",
        Secret = "secret",
        Length = 10,
        Headers = [("host", "matrix.test"), ("X-Matrix", "v"), ("cookie", "a=b")],
        Attributes = [.. AjpRequestData.Attribute(3, "m"), 0x0B, 1, 0],
    }.ToPayload();

    [Fact]
    public void No_damage_makes_a_request_read_differently_for_what_lies_around_it() =>
        DamagedBytes.Of(s_valid).Sample(damaged => Assert.Equal(Describe(Surrounded.By(0, damaged)), Describe(Surrounded.By(0xFF, damaged))), iter: s_rounds);

    [Fact]
    public void Bytes_without_any_order_are_read_without_harm() => DamagedBytes.Noise(60).Sample(
        noise =>
        {
            Describe(noise);
            Packet.TryRead(noise, out _);
            BodyPacket.TryRead(noise, out _);
            ResponseWriter.TryWriteHead(noise, new byte[Packet.MaxSentSize], out _);
        },
        iter: 20 * s_rounds);

    private static string Describe(ReadOnlySpan<byte> payload)
    {
        if (ForwardRequest.Read(payload, out ForwardRequest request) is { } problem)
            return problem;
        int size = VariableWriter.SizeFor(payload.Length);
        var destination = new byte[size + 1];
        destination[^1] = 0xAA;
        CgiVariables variables = request.ToVariables([], destination.AsSpan(0, size));
        Assert.Equal(0xAA, destination[^1]);
        if (!variables.IsWellFormed)
            return "too many";
        var walked = new List<string> { $"{request.BodyLength} {Latin1.Text(request.Secret)}" };
        foreach (CgiVariable variable in variables)
            walked.Add($"{Latin1.Text(variable.Name)}={Latin1.Text(variable.Value)}");
        return string.Join('\n', walked);
    }
}
