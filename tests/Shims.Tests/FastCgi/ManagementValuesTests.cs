using Shims.FastCgi;
using Shims.Tests.Cgi;

namespace Shims.Tests.FastCgi;

public sealed class ManagementValuesTests
{
    private const string Connections = "\x000E\x0003FCGI_MAX_CONNS100", Requests = "\x000D\x0001FCGI_MAX_REQS7", Multiplexing = "\x000F\x0001FCGI_MPXS_CONNS1";

    [Fact]
    public void A_GET_VALUES_result_has_the_values_that_were_asked_for()
    {
        Assert.Equal(Connections, ResultOf("FCGI_MAX_CONNS"));
        Assert.Equal(Requests, ResultOf("FCGI_MAX_REQS"));
        Assert.Equal(Multiplexing, ResultOf("FCGI_MPXS_CONNS"));
        Assert.Equal(Requests + Multiplexing, ResultOf("FCGI_MAX_REQS", "FCGI_MPXS_CONNS")); // what HAProxy asks
        Assert.Equal(Connections + Requests + Multiplexing, ResultOf("FCGI_MPXS_CONNS", "FCGI_MAX_REQS", "FCGI_MAX_CONNS"));
    }

    [Fact]
    public void A_GET_VALUES_result_leaves_out_unknown_names()
    {
        Assert.Equal("", ResultOf());
        Assert.Equal("", ResultOf("FCGI_MAX_CONN", "FCGI_MAX_CONNSS", "fcgi_max_conns", "", "PATH"));
        Assert.Equal(Requests, ResultOf("X", "FCGI_MAX_REQS", "Y"));
    }

    [Fact]
    public void A_GET_VALUES_result_has_a_value_once_that_was_asked_for_a_thousand_times() =>
        Assert.Equal(Connections + Multiplexing, ResultOf([.. Enumerable.Repeat("FCGI_MAX_CONNS", 1000), .. Enumerable.Repeat("FCGI_MPXS_CONNS", 1000)]));

    [Fact]
    public void A_GET_VALUES_result_ignores_values_in_the_query()
    {
        byte[] query = new RequestBlock { { "FCGI_MAX_REQS", new string('9', 500) } }.ToParameters();
        Assert.Equal(Requests, ResultOf(query));
    }

    [Fact]
    public void A_GET_VALUES_query_that_is_cut_off_is_answered_as_far_as_it_goes()
    {
        byte[] whole = new RequestBlock { { "FCGI_MAX_REQS", "" }, { "FCGI_MPXS_CONNS", "" } }.ToParameters();
        for (int length = 0; length <= whole.Length; length++)
            Assert.Equal((length >= 15 ? Requests : "") + (length == whole.Length ? Multiplexing : ""), ResultOf(whole[..length]));
        Assert.Equal("", ResultOf([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[8]]));
    }

    [Fact]
    public void The_largest_numbers_fit()
    {
        var destination = new byte[ManagementValues.MaxSize];
        byte[] query = new RequestBlock { { "FCGI_MAX_CONNS", "" }, { "FCGI_MAX_REQS", "" }, { "FCGI_MPXS_CONNS", "" } }.ToParameters();
        int length = ManagementValues.WriteResult(query, int.MaxValue, int.MaxValue, destination);
        Assert.Contains("FCGI_MAX_CONNS2147483647", Latin1.Text(destination.AsSpan(0, length)), StringComparison.Ordinal);
    }

    private static string ResultOf(params string[] names)
    {
        var query = new RequestBlock();
        foreach (string name in names)
            query.Add(name, "");
        return ResultOf(query.ToParameters());
    }

    private static string ResultOf(byte[] query)
    {
        var destination = new byte[ManagementValues.MaxSize];
        return Latin1.Text(destination.AsSpan(0, ManagementValues.WriteResult(query, 100, 7, destination)));
    }
}
