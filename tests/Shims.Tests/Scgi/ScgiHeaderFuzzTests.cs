using System.Buffers;
using CsCheck;
using Shims.Cgi;
using Shims.Scgi;
using Shims.Testing;
using Shims.Tests.Cgi;

namespace Shims.Tests.Scgi;

/// <summary>Damaged headers.</summary>
public sealed class ScgiHeaderFuzzTests
{
    private const int MaxLength = 256 * 1024;

    private static readonly int s_rounds = TestExtent.Of(4_000, 400_000);

    public static TheoryData<string> Servers { get; } = ["nginx-scgi-unbuffered", "lighttpd-scgi", "apache-scgi", "apache-scgi-handler"];

    [Theory, MemberData(nameof(Servers))]
    public void No_damage_makes_a_header_read_differently_for_what_lies_around_it(string server)
    {
        byte[] valid = RecordedRequest.Of(server, RecordedRequest.Awkward, "/srv").ToNetstring();
        DamagedBytes.Of(valid).Sample(damaged => Assert.Equal(Describe(Surrounded.By(0, damaged)), Describe(Surrounded.By((byte)',', damaged))), iter: s_rounds);
    }

    [Theory, MemberData(nameof(Servers))]
    public void No_damage_makes_an_environment_that_holds_what_it_should_not(string server)
    {
        byte[] valid = RecordedRequest.Of(server, RecordedRequest.Awkward, "/srv").ToPayload();
        using var target = new CommandLineTarget("/opt/cap-bin/env.cgi");
        int accepted = 0;
        DamagedBytes.Of(valid).Sample(
            damaged =>
            {
                if (!new CgiVariables(damaged).IsWellFormed)
                    return;
                accepted++;
                PreparedScript script = PreparedScript.For(target, damaged, ScriptLaunch.MemoryFor(damaged.Length, default));
                Assert.True(script.Resolution is Resolution.Found or Resolution.ParentReference, $"{script.Resolution}");
                string[] names = [.. script.Environment.Select(variable => variable.Split('=')[0])];
                Assert.Equal(names.Distinct(), names);
                Assert.All(names, name => Assert.True(CgiNames.IsPortable(Latin1.Bytes(name)), name));
                Assert.All(script.Environment, variable => Assert.Contains('=', variable));
                Assert.DoesNotContain(names, name => CgiNames.IsNeverPassed(Latin1.Bytes(name)));
            },
            iter: s_rounds,
            threads: 1);
        Assert.InRange(accepted, s_rounds / 10, s_rounds);
    }

    [Fact]
    public void Bytes_without_any_order_are_read_without_harm() => DamagedBytes.Noise(40).Sample(
        noise =>
        {
            bool isKnown = ScgiHeader.TryGetSize(noise, MaxLength, out int size) == OperationStatus.Done;
            Assert.InRange(size, isKnown ? ScgiHeader.ShortestSize : 0, isKnown ? MaxLength + NetstringReader.MaxDigits + 2 : 0);
            ScgiHeader.TryRead(noise, MaxLength, out _);
            StaysWhereItFailed(noise);
        },
        iter: 20 * s_rounds);

    /// <summary>A reader that has refused refuses again, and has not moved.</summary>
    private static void StaysWhereItFailed(byte[] noise)
    {
        var reader = new NetstringReader(noise);
        OperationStatus status;
        while ((status = reader.TryRead(MaxLength, out _)) == OperationStatus.Done)
        {
            // Netstrings by chance.
        }
        Assert.Equal(status, reader.TryRead(MaxLength, out ReadOnlySpan<byte> payload));
        Assert.True(payload.IsEmpty);
    }

    private static string Describe(ReadOnlySpan<byte> header)
    {
        OperationStatus sized = ScgiHeader.TryGetSize(header, MaxLength, out int size);
        OperationStatus read = ScgiHeader.TryRead(header, MaxLength, out CgiVariables variables);
        if (read != OperationStatus.Done)
            return $"{sized} {size} {read}";
        bool hasLength = ContentLength.TryRead(variables, out long length);
        return $"{sized} {size} {read} {hasLength} {length} {Latin1.Text(variables.Block)}";
    }
}
