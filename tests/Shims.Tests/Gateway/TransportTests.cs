using System.Net.Sockets;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Posix;
using Shims.Testing;

namespace Shims.Tests.Gateway;

public sealed class TransportTests : IDisposable
{
    private readonly Socket _peer;
    private readonly EventLoop _loop;
    private readonly Transport _transport;
    private readonly Owner _owner = new();
    private long _now = 1_000_000;

    public TransportTests()
    {
        _loop = new EventLoop(() => _now);
        using SocketPair pair = SocketPair.CreateTcp();
        _peer = new Socket(new SafeSocketHandle(Libc.DuplicateAboveStandard((int)pair.Near.SafeHandle.DangerousGetHandle()), ownsHandle: true));
        var context = new LoopContext(new ServiceContext(new GatewayOptions { Program = "test", Target = default }, _now), _loop);
        _transport = new Transport(context, Libc.DuplicateAboveStandard((int)pair.Far.SafeHandle.DangerousGetHandle()), _owner);
        _owner.Transport = _transport;
        _transport.Watch();
    }

    [Fact]
    public void A_peer_that_takes_nothing_for_the_time_that_progress_has_has_stalled()
    {
        Fill();
        Assert.Equal(0, _transport.Send("x"u8));
        long first = _now = _transport.Deadline;
        while (_now < first + new Limits().ProgressSeconds * 1000)
        {
            Assert.False(_transport.HasStalled(_now));
            _now = _transport.Deadline;
        }
        Assert.True(_transport.HasStalled(_now));
    }

    [Fact]
    public void The_loop_tells_when_there_is_room_again()
    {
        Fill();
        byte[] room = new byte[1 << 20];
        while (!_transport.CanWrite)
        {
            _peer.Receive(room);
            _loop.Poll();
        }
        Assert.Equal(1, _transport.Send("x"u8));
        Assert.Equal(long.MaxValue, _transport.Deadline);
    }

    [Fact]
    public void A_peer_that_has_ended_its_sending_over_TCP_has_gone_after_a_while_unless_it_goes_on_taking()
    {
        Assert.True(_transport.MayHaveGone());
        _now += Limits.HalfCloseGrace - 1;
        Assert.False(_transport.HasGone(_now));
        _loop.Poll();
        Assert.Equal(1, _transport.Send("x"u8));
        _now++;
        Assert.False(_transport.HasGone(_now));
        _now += Limits.HalfCloseGrace;
        Assert.True(_transport.HasGone(_now));
    }

    [Fact]
    public void Draining_reads_away_all_that_the_peer_has_sent_up_to_its_end()
    {
        byte[] scratch = new byte[10];
        _peer.Send(new byte[100]);
        Assert.False(_transport.ReadAway(scratch));
        Assert.False(_transport.CanRead);
        _peer.Shutdown(SocketShutdown.Send);
        while (!_transport.CanRead)
            _loop.Poll();
        Assert.True(_transport.ReadAway(scratch));
    }

    [Fact]
    public void A_reset_is_the_end_of_input()
    {
        _peer.LingerState = new LingerOption(enable: true, 0);
        _peer.Close();
        while (_transport.Receive(new byte[1]) < 0)
            _loop.Poll();
        Assert.Equal(0, _transport.Receive(new byte[1]));
    }

    public void Dispose()
    {
        _transport.Close();
        _peer.Dispose();
        _loop.Dispose();
    }

    private void Fill()
    {
        while (_transport.Send(new byte[1 << 16]) > 0)
        {
            // until the kernel takes no more
        }
    }

    private sealed class Owner : ITransportOwner
    {
        internal Transport? Transport { get; set; }

        public bool ExpectsInput => true;

        public void OnReady(int descriptor, Readiness readiness) => Transport?.Note(readiness);
    }
}
