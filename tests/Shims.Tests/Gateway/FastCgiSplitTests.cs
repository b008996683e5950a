using System.Net.Sockets;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>However the bytes of FastCGI requests are divided, the same requests are read, and answered in the same way.</summary>
public sealed class FastCgiSplitTests
{
    private static readonly RequestVariables s_get = RequestVariables.For("GET", "/script"), s_post = RequestVariables.For("POST", "/script");

    private static readonly byte[] s_body = "a body of a few bytes"u8.ToArray(), s_data = "a file"u8.ToArray();

    /// <summary>Requests on one connection, and what each says that it has got.</summary>
    private static readonly (string Name, byte[] Bytes, string[] Responses)[] s_conversations =
    [
        ("GET", FastCgiClient.Encode(s_get), ["1: "]),
        ("GET on a kept connection", FastCgiClient.Encode(s_get, requestId: 256, keepConnection: true), ["256: "]),
        ("POST", FastCgiClient.Encode(s_post, s_body), ["1: a body of a few bytes"]),
        ("POST in records of a few bytes", FastCgiClient.Encode(s_post, s_body, recordLength: 7), ["1: a body of a few bytes"]),
        ("Authorizer", FastCgiClient.Encode(s_post, s_body, role: FastCgiClient.Authorizer), ["1: "]),
        ("Filter", [.. FastCgiClient.Encode(s_post, s_body, role: FastCgiClient.Filter, keepConnection: true), .. Bytes(FastCgiClient.Stream(FastCgiRecordType.Data, 1, s_data))], ["1: a body of a few bytesa file"]),
        ("two requests at once", Interleaved(), ["1: a body of a few bytes", "2: "]),
        ("management records between others", [.. FastCgiClient.GetValues("FCGI_MAX_CONNS").ToBytes(), .. FastCgiClient.Encode(s_get)], ["1: "]),
    ];

    public static TheoryData<int> Conversations => [.. Enumerable.Range(0, s_conversations.Length)];

    [Theory, MemberData(nameof(Conversations))]
    public void A_request_that_comes_in_two_pieces_is_answered_wherever_it_is_cut(int conversation)
    {
        (string name, byte[] bytes, string[] answers) = s_conversations[conversation];
        for (int cut = 0; cut < bytes.Length; cut++)
            Converse($"{name}, cut at {cut}", [bytes[..cut], bytes[cut..]], answers);
    }

    [Theory, MemberData(nameof(Conversations))]
    public void A_request_that_comes_byte_by_byte_is_answered(int conversation)
    {
        (string name, byte[] bytes, string[] answers) = s_conversations[conversation];
        Converse($"{name}, byte by byte", bytes.Select(value => new[] { value }), answers);
    }

    [Fact]
    public void Two_requests_that_fill_a_read_to_its_last_byte_are_both_answered()
    {
        // The first ends where the memory for a look ends; the second is in the socket already, and is not told of again.
        byte[] first = FastCgiClient.Encode(s_post, new byte[60_000], keepConnection: true);
        byte[] ignored = new FastCgiRecord(FastCgiRecordType.Params, 9, []).ToBytes();
        byte[] ahead = [.. Enumerable.Repeat(ignored, (LoopContext.ScratchSize - first.Length) / ignored.Length).SelectMany(record => record)];
        Assert.Equal(LoopContext.ScratchSize, ahead.Length + first.Length);
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send([.. ahead, .. first, .. FastCgiClient.Encode(s_get, requestId: 2, keepConnection: true)]);
        wire.Responder.Responses[0].Write(10);
        Assert.Equal(2, wire.Responder.Responses.Count);
        wire.Responder.Responses[1].Write(10);
        Assert.Equal(2, Records(wire).Count(record => record.Type == FastCgiRecordType.EndRequest));
    }

    /// <summary>All records that have come.</summary>
    internal static List<FastCgiRecord> Records(Wire wire)
    {
        var records = new List<FastCgiRecord>();
        ReadOnlySpan<byte> bytes = wire.ReceiveBytes();
        while (FastCgiRecord.Read(bytes, out int size) is { } record)
        {
            records.Add(record);
            bytes = bytes[size..];
        }
        Assert.True(bytes.IsEmpty, $"{bytes.Length} bytes are not a record");
        return records;
    }

    internal static byte[] Bytes(IEnumerable<FastCgiRecord> records) => [.. records.SelectMany(record => record.ToBytes())];

    private static void Converse(string what, IEnumerable<byte[]> pieces, string[] answers)
    {
        using var wire = new Wire(Protocols.FastCgi);
        foreach (byte[] piece in pieces)
            wire.Send(piece);
        Assert.True(wire.Responder.Responses.Count == answers.Length, $"{what}: {wire.Responder.Responses.Count} requests");
        foreach (ScriptedResponse answer in wire.Responder.Responses)
            answer.Write([.. " "u8, .. answer.Body, .. answer.Data]);
        FastCgiRecord[] records = [.. Records(wire)];
        Assert.Equal(answers, records.Where(record => record.Type == FastCgiRecordType.Stdout && record.Content.Length > 0).Select(record => $"{record.RequestId}:{Latin1.Text(record.Content)}").Order());
        Assert.Equal(answers.Length, records.Count(record => record.Type == FastCgiRecordType.EndRequest));
        bool isKept = ((FastCgiConnection)wire.Connection).State == FastCgiConnectionState.Kept;
        Assert.True((isKept ? ConnectionPhase.Idle : ConnectionPhase.Closed) == wire.Connection.Phase, $"{what}: {wire.Connection.Phase}");
        Assert.Equal((what, isKept ? SocketError.WouldBlock : SocketError.Success), (what, wire.WhatComesLast));
    }

    /// <summary>A POST and a GET, a record of each in turn.</summary>
    private static byte[] Interleaved()
    {
        FastCgiRecord[] first = [.. Request(1, s_post.ForFastCgi(s_body.Length), s_body)], second = [.. Request(2, s_get, [])];
        return Bytes(first.Zip(second).SelectMany(pair => new[] { pair.First, pair.Second }).Concat(first.Skip(second.Length)));

        static IEnumerable<FastCgiRecord> Request(int id, RequestVariables variables, byte[] body) =>
        [
            FastCgiClient.Begin(id, keepConnection: true),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, id, FastCgiClient.EncodePairs(variables), recordLength: 100),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, id, body, recordLength: 8),
        ];
    }
}
