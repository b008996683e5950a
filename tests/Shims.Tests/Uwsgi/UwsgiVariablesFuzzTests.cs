using System.Buffers;
using CsCheck;
using Shims.Cgi;
using Shims.Testing;
using Shims.Tests.Cgi;
using Shims.Uwsgi;

namespace Shims.Tests.Uwsgi;

/// <summary>Damaged blocks of variables.</summary>
public sealed class UwsgiVariablesFuzzTests
{
    private static readonly int s_rounds = TestExtent.Of(4_000, 400_000);

    public static TheoryData<string> Servers { get; } = ["nginx-scgi-unbuffered", "lighttpd-scgi", "apache-scgi-handler"];

    [Theory, MemberData(nameof(Servers))]
    public void No_damage_makes_a_uwsgi_block_read_differently_for_what_lies_around_it(string server)
    {
        RequestBlock request = RecordedRequest.Of(server, RecordedRequest.Awkward, "/srv");
        request.Add("UWSGI_FILE", "/tmp/evil.py");
        request.Add("UWSGI_ROUTER", "http");
        byte[] valid = UwsgiVariablesTests.BlockOf(request);
        foreach (bool managesPathInfo in new[] { false, true })
        {
            DamagedBytes.Of(valid).Sample(
                damaged => Assert.Equal(Describe(Surrounded.By(0, damaged), managesPathInfo), Describe(Surrounded.By(0xFF, damaged), managesPathInfo)),
                iter: s_rounds);
        }
    }

    [Fact]
    public void Bytes_without_any_order_are_read_without_harm() => DamagedBytes.Noise(40).Sample(
        noise =>
        {
            Describe(noise, managesPathInfo: true);
            UwsgiVariables.IsOfRouter(noise);
            if (noise.Length >= UwsgiHeader.Size)
                UwsgiHeader.Read(noise);
        },
        iter: 20 * s_rounds);

    private static string Describe(ReadOnlySpan<byte> block, bool managesPathInfo)
    {
        // One byte more than the pairs can need, which must stay as it is.
        var destination = new byte[block.Length + 1];
        destination[^1] = 0xAA;
        OperationStatus status = UwsgiVariables.TryDecode(block, managesPathInfo, destination.AsSpan(0, block.Length), out CgiVariables variables);
        Assert.Equal(0xAA, destination[^1]);
        if (status != OperationStatus.Done)
            return status.ToString();
        var walked = new List<string>();
        foreach (CgiVariable variable in variables)
        {
            Assert.False(variable.Name.StartsWith("UWSGI_"u8));
            walked.Add($"{Latin1.Text(variable.Name)}={Latin1.Text(variable.Value)}");
        }
        return string.Join('\n', walked);
    }
}
