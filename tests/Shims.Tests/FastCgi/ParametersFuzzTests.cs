using System.Buffers;
using CsCheck;
using Shims.Cgi;
using Shims.FastCgi;
using Shims.Testing;
using Shims.Tests.Cgi;

namespace Shims.Tests.FastCgi;

/// <summary>Damaged PARAMS streams.</summary>
public sealed class ParametersFuzzTests
{
    private static readonly int s_rounds = TestExtent.Of(4_000, 400_000);

    public static TheoryData<string> Servers { get; } = ["nginx-fcgi", "apache-fcgi-fpm", "haproxy", "caddy", "h2o"];

    [Theory, MemberData(nameof(Servers))]
    public void No_damage_makes_a_stream_read_differently_for_what_lies_around_it(string server)
    {
        byte[] valid = RecordedRequest.Of(server, RecordedRequest.Awkward, "/srv").ToParameters();
        DamagedBytes.Of(valid).Sample(damaged => Assert.Equal(Describe(Surrounded.By(0, damaged)), Describe(Surrounded.By(0xFF, damaged))), iter: s_rounds);
    }

    [Fact]
    public void Bytes_without_any_order_are_read_without_harm() => DamagedBytes.Noise(40).Sample(
        noise =>
        {
            Describe(noise);
            StaysWhereItFailed(noise);
            ManagementValues.WriteResult(noise, 1, 1, new byte[ManagementValues.MaxSize]);
            BeginRequestBody.TryRead(noise, out _);
            if (noise.Length >= RecordHeader.Size)
                RecordHeader.Read(noise);
        },
        iter: 20 * s_rounds);

    /// <summary>A reader that wants more goes on wanting it, and has not moved.</summary>
    private static void StaysWhereItFailed(byte[] noise)
    {
        var reader = new NameValueReader(noise);
        while (reader.TryRead(out _, out _) == OperationStatus.Done)
        {
            // Pairs by chance.
        }
        bool isAtEnd = reader.IsAtEnd;
        Assert.Equal(OperationStatus.NeedMoreData, reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value));
        Assert.True(name.IsEmpty && value.IsEmpty);
        Assert.Equal(isAtEnd, reader.IsAtEnd);
    }

    private static string Describe(ReadOnlySpan<byte> stream)
    {
        // One byte more than the pairs can need, which must stay as it is.
        var destination = new byte[stream.Length + 1];
        destination[^1] = 0xAA;
        OperationStatus status = Parameters.TryDecode(stream, destination.AsSpan(0, stream.Length), out CgiVariables variables);
        Assert.Equal(0xAA, destination[^1]);
        if (status != OperationStatus.Done)
            return status.ToString();
        var walked = new List<string>();
        foreach (CgiVariable variable in variables)
            walked.Add($"{Latin1.Text(variable.Name)}={Latin1.Text(variable.Value)}");
        return string.Join('\n', walked);
    }
}
