using System.Buffers;
using System.Runtime.InteropServices;
using CsCheck;
using Shims.Cgi;
using Shims.Early;
using Shims.Posix;
using Shims.Scgi;
using Shims.Testing;

namespace Shims.Tests.Early;

/// <summary>Reads from one end of a pair of sockets what the test has put into the other.</summary>
public sealed unsafe class ScgiHeaderBufferTests : IDisposable
{
    private const int MaxHeader = 256 * 1024;

    // Content of NUL bytes only: were it written past the end of something, it would do no harm there, and the test would tell.
    private static readonly byte[] s_header = [.. "300:"u8, .. new byte[300], (byte)','];

    private readonly ScgiHeaderBuffer* _buffer;
    private readonly int _webServer;
    private readonly int _shim;

    public ScgiHeaderBufferTests()
    {
        Assert.True(Libc.CreateSocketPair(out _webServer, out _shim));
        _buffer = (ScgiHeaderBuffer*)NativeMemory.AllocZeroed(1 << 20);
    }

    public void Dispose()
    {
        Libc.Close(_webServer);
        Libc.Close(_shim);
        _buffer->Memory.Release();
        NativeMemory.Free(_buffer);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_header_that_comes_in_any_two_parts_is_read_whole_and_not_a_byte_of_the_body(bool leaveComma)
    {
        for (int split = 0; split <= s_header.Length; split++)
        {
            Begin();
            Send(s_header.AsSpan(0, split));
            ReceiveAll(leaveComma);
            Send(s_header.AsSpan(split));
            Send("BODY"u8);
            ReceiveAll(leaveComma);
            IsWhole($"divided after {split}", leaveComma);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(7), InlineData(20), InlineData(21), InlineData(22), InlineData(100)]
    public void A_header_that_comes_in_pieces_is_read_whole_and_not_a_byte_of_the_body(int size)
    {
        Begin();
        for (int sent = 0; sent < s_header.Length; sent += size)
        {
            Send(s_header.AsSpan(sent, Math.Min(size, s_header.Length - sent)));
            ReceiveAll(leaveComma: false);
        }
        Send("BODY"u8);
        IsWhole($"in pieces of {size}", leaveComma: false);
    }

    [Fact]
    public void A_header_as_short_as_can_be_is_read_whole()
    {
        byte[] header = "17:CONTENT_LENGTH\00\0,"u8.ToArray();
        for (int split = 0; split <= header.Length; split++)
        {
            Begin();
            Send(header.AsSpan(0, split));
            ReceiveAll(leaveComma: false);
            Send(header.AsSpan(split));
            ReceiveAll(leaveComma: false);
            Assert.True(_buffer->IsComplete, $"divided after {split}");
            Assert.Equal(header, _buffer->Received);
        }
    }

    [Theory]
    [InlineData("x", OperationStatus.InvalidData)]
    [InlineData("GET / HTTP/1.1\r\n", OperationStatus.InvalidData)]
    [InlineData("00:,", OperationStatus.InvalidData)]
    [InlineData("262145:", OperationStatus.DestinationTooSmall)]
    public void A_header_that_cannot_be_right_is_told_from_one_that_is_still_to_come(string bytes, OperationStatus expected)
    {
        Begin();
        Assert.True(Receive() < 0);
        Assert.True(Libc.WouldBlock);
        Assert.Equal(OperationStatus.Done, _buffer->Status);
        Send(Latin1.Bytes(bytes));
        Assert.True(Receive() < 0);
        Assert.Equal(expected, _buffer->Status);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_header_whose_beginning_was_read_early_is_taken_over_at_each_of_its_bytes(bool arrivesInPieces)
    {
        for (int prefix = 0; prefix < s_header.Length; prefix++)
        {
            Begin();
            Send(s_header.AsSpan(0, prefix));
            ReceiveAll(leaveComma: false);
            Assert.Equal(prefix, _buffer->Count);
            // As the ordinary program does: a copy, which then leaves the comma.
            ScgiHeaderBuffer copy = *_buffer;
            NativeMemory.Clear(_buffer, (nuint)sizeof(ScgiHeaderBuffer));
            *_buffer = copy;
            for (int sent = prefix; sent < s_header.Length; sent += arrivesInPieces ? 7 : s_header.Length)
            {
                Send(s_header.AsSpan(sent, Math.Min(arrivesInPieces ? 7 : s_header.Length, s_header.Length - sent)));
                ReceiveAll(leaveComma: true);
            }
            Send("BODY"u8);
            IsWhole($"taken over after {prefix}", leaveComma: true);
            Assert.True(_buffer->IsCommaUnread);
        }
    }

    [Fact, Trait("fault", "C1")]
    public void A_refused_header_is_not_read_any_further()
    {
        byte[] surplus = [.. Enumerable.Repeat((byte)'A', 300)];
        string[] digits = [.. Enumerable.Range(0, 17).Select(static length => $"{length}"), "00", "017", "262145", "999999999", "9999999999", "x"];
        foreach (string length in digits)
        {
            for (int prefix = 0; prefix <= 40; prefix++)
            {
                Begin();
                byte[] stream = [.. Latin1.Bytes(length + ":"), .. surplus];
                Send(stream.AsSpan(0, prefix));
                ReceiveAll(leaveComma: false);
                Send(stream.AsSpan(prefix));
                for (int i = 0; i < 3; i++)
                    ReceiveAll(leaveComma: i > 0);
                Assert.NotEqual(OperationStatus.Done, _buffer->Status);
                Assert.InRange(_buffer->Count, 0, ScgiHeader.ShortestSize);
                Assert.True(NothingBehindIt(), $"{length}: after {prefix} bytes");
            }
        }
    }

    [Fact, Trait("fault", "C1")]
    public void No_damage_makes_it_read_past_its_header_or_go_on_after_a_refusal()
    {
        byte[] valid = [.. "40:CONTENT_LENGTH\00\0SCGI\01\0HTTP_X\0abcdefg\0,BODY"u8];
        Gen.Select(DamagedBytes.Of(valid), Gen.UInt).Sample(Check, iter: TestExtent.Of(2_000, 200_000), threads: 1);

        void Check(byte[] damaged, uint place)
        {
            int split = (int)(place % (damaged.Length + 1L));
            Begin();
            Send(damaged.AsSpan(0, split));
            ReceiveAll(leaveComma: false);
            Send(damaged.AsSpan(split));
            ReceiveAll(leaveComma: true);
            ReceiveAll(leaveComma: true);
            Assert.True(_buffer->Received.SequenceEqual(damaged.AsSpan(0, _buffer->Count)));
            if (_buffer->IsComplete && ScgiHeader.TryGetSize(damaged, MaxHeader, out int size) == OperationStatus.Done)
                Assert.Equal(size, _buffer->Count);
            Assert.True(NothingBehindIt());
        }
    }

    [Fact]
    public void The_end_of_input_is_told()
    {
        Begin();
        Send("30"u8);
        Libc.ShutdownWriting(_webServer);
        Assert.True(Receive() > 0);
        Assert.Equal(0, Receive());
        Assert.False(_buffer->IsComplete);
        Assert.Equal(2, _buffer->Count);
    }

    private void Begin()
    {
        Span<byte> left = stackalloc byte[4096];
        while (Libc.Receive(_shim, left) > 0)
        {
            // What an earlier round has left.
        }
        _buffer->Memory.Release();
        *_buffer = new ScgiHeaderBuffer { Connection = _shim };
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
            Assert.Equal(bytes.Length, Libc.Send(_webServer, bytes));
    }

    /// <summary>Whether the memory after it is as it was: all zero.</summary>
    private bool NothingBehindIt() => !new ReadOnlySpan<byte>(_buffer + 1, 70_000).ContainsAnyExcept((byte)0);

    private nint Receive(bool leaveComma = false) => _buffer->Receive(MaxHeader, default(EnvironmentPolicy), leaveComma);

    private void ReceiveAll(bool leaveComma)
    {
        for (int i = 0; i < 1000 && !_buffer->IsComplete; i++)
        {
            if (Receive(leaveComma) <= 0)
                return;
        }
    }

    private void IsWhole(string how, bool leaveComma)
    {
        Assert.True(_buffer->IsComplete && _buffer->Count == s_header.Length, $"{how}: {_buffer->Count} bytes, complete: {_buffer->IsComplete}");
        Assert.True(_buffer->Memory.Free > 0, $"{how}: it has taken no memory");
        Assert.True(_buffer->Received.SequenceEqual(s_header), how);
        Span<byte> next = stackalloc byte[8];
        nint count = Libc.Receive(_shim, next);
        Assert.Equal(leaveComma ? ",BODY" : "BODY", Latin1.Text(next[..(int)count]));
    }
}
