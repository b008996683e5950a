using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Tests.Gateway;

/// <summary>The stream of a request on its way into a pipe, of which the test has the other end.</summary>
public sealed class PipeWriterStateTests : IDisposable
{
    /// <summary>What a pipe holds: pipe(7).</summary>
    private const int PipeSize = 64 * 1024;

    private static readonly StateTable<PipeWriterState> s_table = new("""
                   data fits   the pipe is full   the script reads   time is over   the stream ends   the script stops reading
          Closed   Closed      Closed             Closed             Closed         Closed            Closed
          Flowing  Flowing     Full               Flowing            Flowing        Closed            Closed
          Full     Full        Full               Flowing            Overdue        Full              Closed
          Overdue  Overdue     Overdue            Flowing            Overdue        Overdue           Closed
        """);

    private static readonly Dictionary<PipeWriterState, Action<PipeWriterStateTests>> s_reach = new()
    {
        [PipeWriterState.Closed] = static _ => { },
        [PipeWriterState.Flowing] = static test => test.Open(),
        [PipeWriterState.Full] = static test =>
        {
            test.Open();
            test.Add(PipeSize + 1000);
        },
        [PipeWriterState.Overdue] = static test =>
        {
            test.Open();
            test.Add(PipeSize + 1000);
            test.Wait();
        },
    };

    private static readonly Dictionary<string, Action<PipeWriterStateTests>> s_happen = new()
    {
        ["data fits"] = static test => test.Add(10),
        ["the pipe is full"] = static test => test.Add(PipeSize + 1000),
        ["the script reads"] = static test => test.Read(),
        ["time is over"] = static test => test.Wait(),
        ["the stream ends"] = static test =>
        {
            test._spool.Complete();
            test._writer.WriteAvailable();
        },
        ["the script stops reading"] = static test =>
        {
            Libc.Close(test._readEnd);
            test._readEnd = -1;
            test.Add(1);
        },
    };

    private readonly EventLoop _loop;
    private readonly BodySpool _spool = new();
    private readonly Watcher _owner = new();
    private readonly PipeWriter _writer;
    private long _now = 1_000_000;
    private int _readEnd = -1;

    public PipeWriterStateTests()
    {
        _loop = new EventLoop(() => _now);
        _writer = new PipeWriter(_loop, _spool, _owner);
    }

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_PipeWriterState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Requests/PipeWriterState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_PipeWriterState_where_the_table_says(string name, string @event)
    {
        PipeWriterState state = Enum.Parse<PipeWriterState>(name);
        s_reach[state](this);
        Assert.Equal(state, _writer.State);
        s_happen[@event](this);
        Assert.Equal(s_table[state, @event], _writer.State);
        Assert.Equal(_writer.State == PipeWriterState.Full, _writer.FullUntil != long.MaxValue);
    }

    [Fact]
    public void The_owner_is_told_when_the_script_has_read_and_not_before()
    {
        Open();
        Add(PipeSize + 1000);
        Assert.Equal(0, _owner.Count);
        Read();
        Assert.Equal(1, _owner.Count);
    }

    [Fact]
    public void Every_byte_reaches_the_script_in_its_order_and_then_the_end()
    {
        byte[] body = new Pseudorandom(3).Bytes(1 << 20);
        Open();
        Assert.True(_spool.Add(body));
        _spool.Complete();
        _writer.WriteAvailable();
        var read = new List<byte>();
        while (_writer.State != PipeWriterState.Closed)
            read.AddRange(Read());
        read.AddRange(Read());
        Assert.Equal(body, read);
    }

    public void Dispose()
    {
        _writer.Stop();
        _spool.Dispose();
        _loop.Dispose();
        Libc.Close(_readEnd);
    }

    private void Open()
    {
        Assert.True(_writer.Open(PipeSize, out _readEnd));
        Libc.SetNonBlocking(_readEnd, true);
    }

    private void Add(int count)
    {
        Assert.True(_spool.Add(new byte[count]));
        _writer.WriteAvailable();
        _loop.Poll();
    }

    private byte[] Read()
    {
        byte[] room = new byte[2 * PipeSize];
        int count = _readEnd < 0 ? 0 : (int)Math.Max(0, Libc.Read(_readEnd, room));
        _loop.Poll();
        return room[..count];
    }

    /// <summary>As its owner does when the time has come.</summary>
    private void Wait()
    {
        _now += Limits.ReadingPatience;
        _loop.Poll();
        if (_writer.FullUntil <= _now)
            _writer.StopWaiting();
    }

    private sealed class Watcher : IWatcher
    {
        internal int Count { get; private set; }

        public void OnReady(int descriptor, Readiness readiness) => Count++;
    }
}
