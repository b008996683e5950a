using Shims.FastCgi;

namespace Shims.Tests.FastCgi;

/// <summary>The one shape of request that is recognised before the runtime starts.</summary>
public sealed class SingleRequestTests
{
    private static readonly byte[] s_begin = Record(RecordType.BeginRequest, [0, 1, 0, 0, 0, 0, 0, 0]);
    private static readonly byte[] s_usual = [.. s_begin, .. Record(RecordType.Params, [1, 1, 65, 66]), .. Record(RecordType.Params, []), .. Record(RecordType.Stdin, [])];

    [Fact]
    public void The_parameters_are_what_the_records_hold_one_after_the_other()
    {
        byte[] parts = [.. s_begin, .. Record(RecordType.Params, [1]), .. Record(RecordType.Params, [1, 65]), .. Record(RecordType.Params, [66]), .. Record(RecordType.Params, []), .. Record(RecordType.Stdin, [])];
        foreach (byte[] request in new[] { s_usual, parts })
        {
            byte[] parameters = new byte[request.Length];
            Assert.True(SingleRequest.TryRead(request, parameters, out int length, out _));
            Assert.Equal([1, 1, 65, 66], parameters[..length]);
        }
    }

    [Fact]
    public void No_truncation_and_nothing_with_a_byte_more_is_one()
    {
        for (int length = 0; length < s_usual.Length; length++)
            Assert.False(IsOne(s_usual[..length]));
        Assert.False(IsOne([.. s_usual, 1]));
        Assert.False(IsOne([.. s_usual, .. s_usual]));
    }

    [Fact]
    public void A_request_of_another_role_or_id_or_version_with_a_body_or_on_a_kept_connection_is_not_a_single_request()
    {
        Assert.True(IsOne(s_usual));
        foreach ((int index, byte value) in new (int, byte)[] { (0, 2), (3, 0), (9, 2), (9, 3), (10, 1), (s_begin.Length + 3, 2), (s_usual.Length - 5, 2), (s_usual.Length - 7, 8) })
        {
            byte[] other = [.. s_usual];
            other[index] = value;
            Assert.False(IsOne(other), $"byte {index} is {value}");
        }
        Assert.False(IsOne([.. s_usual[..^8], .. Record(RecordType.Stdin, [1]), .. Record(RecordType.Stdin, [])]));
    }

    private static bool IsOne(byte[] bytes) => SingleRequest.TryRead(bytes, new byte[bytes.Length], out _, out _);

    private static byte[] Record(RecordType type, byte[] content)
    {
        byte[] record = new byte[RecordWriter.SizeOf(content.Length)];
        RecordWriter.Write(record, type, 1, content);
        return record;
    }
}
